//go:build linux && !portable && !(386 || arm || mips || mipsle)

package fsx

import (
	"time"

	"golang.org/x/sys/unix"
)

const utimensat = unix.SYS_UTIMENSAT

// setShortTime: there is no other call.
func (File) setShortTime(time.Time) error { return unix.ENOSYS }
