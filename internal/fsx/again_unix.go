//go:build unix && !portable

package fsx

import "syscall"

// again repeats a system call for as long as a signal interrupts it. Package os does
// so by itself; calls by package unix do not.
func again(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}
