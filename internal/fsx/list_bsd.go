//go:build unix && !linux && !portable

package fsx

import (
	"os"

	"golang.org/x/sys/unix"
)

// List returns what is in the folder, in no order, as far as it was not listed before. It
// is for one goroutine at a time. What is a folder is not told here.
func (d Folder) List() (list []Listed, err error) {
	buf := make([]byte, 8<<10)
	for {
		n, err := unix.ReadDirent(d.fd, buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			return list, os.NewSyscallError("readdirent", err)
		}
		_, _, names := unix.ParseDirent(buf[:n], -1, nil)
		for _, name := range names {
			list = append(list, Listed{Name: name})
		}
	}
}
