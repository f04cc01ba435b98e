package archive

var (
	CheckManifest      = checkManifest
	CheckWindowsPath   = checkWindowsPath
	ForbiddenOnWindows = forbiddenOnWindows
)
