//go:build (linux || darwin) && !portable

package fsx

import "golang.org/x/sys/unix"

// Free tells how many bytes may still be written to the file system that a folder is on,
// and in blocks of which size; 0 if it does not tell.
func Free(dir string) (bytes, block int64) {
	var s unix.Statfs_t
	if err := again(func() error { return unix.Statfs(dir, &s) }); err != nil || s.Bsize <= 0 {
		return 0, 0
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Bsize)
}
