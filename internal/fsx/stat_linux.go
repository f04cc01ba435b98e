//go:build (amd64 || arm64) && !portable

package fsx

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// stat describes the file, as its other calls are made.
func (f File) stat(st *unix.Stat_t) error {
	if !f.quick {
		return again(func() error { return unix.Fstat(f.fd, st) })
	}
	_, _, errno := unix.RawSyscall(unix.SYS_FSTAT, uintptr(f.fd), uintptr(unsafe.Pointer(st)), 0)
	if errno != 0 {
		return errno
	}
	return nil
}
