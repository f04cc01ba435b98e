package fsx

import (
	"io/fs"
	"runtime"
)

// IsLink reports whether what has that mode, of package os or of an [Entry], leads
// elsewhere: nothing is deleted or written behind it without being asked to.
func IsLink(mode fs.FileMode) bool { return isLink(mode, runtime.GOOS == "windows") }

// isLink: Windows has junctions besides symbolic links, and folders that a volume is
// mounted at. Package os tells of them as irregular, and not as folders; those of which it
// tells both are folders that another program fills, of a cloud.
func isLink(mode fs.FileMode, windows bool) bool {
	kind := mode.Type()
	return kind == fs.ModeSymlink || windows && kind == fs.ModeIrregular
}
