//go:build unix

package worst

import (
	"syscall"
	"time"
)

// CPU is what the process took of processors, which other processes do not change.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
