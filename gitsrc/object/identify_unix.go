//go:build unix && !portable

package object

import (
	"io/fs"
	"syscall"
)

// fileID is what two names of one file have in common.
type fileID struct{ dev, ino uint64 }

// identify returns the file, and how many bytes of it are on the disk.
func identify(info fs.FileInfo) (fileID, int64) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}, 0
	}
	return fileID{uint64(s.Dev), uint64(s.Ino)}, min(s.Size, int64(s.Blocks)*512)
}
