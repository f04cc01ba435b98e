//go:build unix && !portable

package fsx

import (
	"os"

	"golang.org/x/sys/unix"
)

// WasClosed reports whether a standard stream was closed when the process began: it then is the
// null device, opened for reading and writing (Go 1.26: checkfds of package runtime). What a
// shell makes of `>/dev/null` is for writing alone.
func WasClosed(f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	null, err := os.Stat(os.DevNull)
	if err != nil || !os.SameFile(info, null) {
		return false
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	flags := 0
	err = conn.Control(func(fd uintptr) { flags, _ = unix.FcntlInt(fd, unix.F_GETFL, 0) })
	return err == nil && flags&unix.O_ACCMODE == unix.O_RDWR
}
