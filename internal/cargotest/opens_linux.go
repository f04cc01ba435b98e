package cargotest

import (
	"encoding/binary"
	"syscall"
)

// Opens counts how often anybody opens the file at path, until the function that it
// returns is called for the number.
func Opens(t T, path string) func() int {
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	check(t, err)
	// Events that are equal come as one, unless there are others between.
	_, err = syscall.InotifyAddWatch(fd, path, syscall.IN_OPEN|syscall.IN_ACCESS|syscall.IN_CLOSE)
	check(t, err)
	return func() (opens int) {
		defer syscall.Close(fd)
		buf := make([]byte, 64<<10)
		n, _ := syscall.Read(fd, buf) // fails if there are no events
		for at := 0; at < n; at += syscall.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(buf[at+12:])) {
			if binary.NativeEndian.Uint32(buf[at+4:])&syscall.IN_OPEN != 0 {
				opens++
			}
		}
		return opens
	}
}
