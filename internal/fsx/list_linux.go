//go:build !portable

package fsx

import (
	"bytes"
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

// List returns what is in the folder, in no order, as far as it was not listed before. It
// is for one goroutine at a time.
func (d Folder) List() (list []Listed, err error) {
	buf := make([]byte, 8<<10)
	for {
		n, err := unix.Getdents(d.fd, buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			return list, os.NewSyscallError("getdents", err)
		}
		for rest := buf[:n]; len(rest) > 0; {
			// struct linux_dirent64: inode, offset, length of the record, type, name.
			length := binary.NativeEndian.Uint16(rest[16:])
			name, _, _ := bytes.Cut(rest[19:length], []byte{0})
			if s := string(name); s != "." && s != ".." {
				list = append(list, Listed{s, rest[18] == unix.DT_DIR})
			}
			rest = rest[length:]
		}
	}
}
