package script

import (
	"syscall"
	"time"
)

// watchOpen returns what returns when somebody has opened a file since, or after some seconds:
// on a busy machine a command takes its time to begin.
func watchOpen(path string) (opened func()) {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return func() {}
	}
	if _, err := syscall.InotifyAddWatch(fd, path, syscall.IN_OPEN); err != nil {
		_ = syscall.Close(fd)
		return func() {}
	}
	return func() {
		defer syscall.Close(fd)
		event := make([]byte, 4096)
		for range 1000 {
			if n, _ := syscall.Read(fd, event); n > 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
