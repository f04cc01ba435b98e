package crate

var (
	CheckManifest      = checkManifest
	CheckWindowsPath   = checkWindowsPath
	ForbiddenOnWindows = forbiddenOnWindows
)
