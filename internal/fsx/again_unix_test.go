//go:build unix && !portable

package fsx

import (
	"syscall"
	"testing"
)

func TestAgain(t *testing.T) {
	n := 0
	err := again(func() error {
		if n++; n < 3 {
			return syscall.EINTR
		}
		return syscall.EIO
	})
	if n != 3 || err != syscall.EIO {
		t.Errorf("%d calls, %v", n, err)
	}
}
