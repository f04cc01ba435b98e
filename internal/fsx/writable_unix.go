//go:build unix && !portable

package fsx

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// Writable reports why nothing may be written to a folder, nil if it may, or it is not told.
func Writable(dir string) error {
	return again(func() error { return unix.Access(dir, unix.W_OK|unix.X_OK) })
}

// Permits reports whether whoever runs the program may read and write what is at a path, and
// enter it if it is a folder.
func Permits(path string, info fs.FileInfo) bool {
	mode := uint32(unix.R_OK | unix.W_OK)
	if info.IsDir() {
		mode |= unix.X_OK
	}
	return again(func() error { return unix.Access(path, mode) }) == nil
}

// OwnerOf returns whose a file is, by number, false if that is not told.
func OwnerOf(info fs.FileInfo) (user int, told bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}
