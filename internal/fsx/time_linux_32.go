//go:build linux && !portable && (386 || arm || mips || mipsle)

package fsx

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// utimensat is the call that knows times after 2038, of Linux 5.1.
const utimensat = unix.SYS_UTIMENSAT_TIME64

// setShortTime is for older ones.
func (f File) setShortTime(t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	both := [2]unix.Timespec{ts, ts}
	_, err = call(f.quick, unix.SYS_UTIMENSAT, uintptr(f.fd), 0, uintptr(unsafe.Pointer(&both)), 0)
	return err
}
