//go:build !portable

package fsx

import (
	"os"

	"golang.org/x/sys/unix"
)

// Sync has all that was written below the folder, files and names, be on the disk when it
// returns. One call does it for the whole file system: a call for each file would have the
// disk wait as often.
func (d Folder) Sync() error {
	return os.NewSyscallError("syncfs", again(func() error { return unix.Syncfs(d.fd) }))
}
