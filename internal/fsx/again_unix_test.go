//go:build unix && !portable

package fsx

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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

// What has taken a file's place since it was looked at is seen when it is open.
func TestOpenRegular_swapped(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Skip(err)
	}
	wasRegular := func() (fs.FileMode, error) { return 0, nil }
	f, _, err := openRegular(pipe, wasRegular, func() (*os.File, error) { return openSoon(pipe, os.O_RDONLY|openFlags, 0) })
	if !errors.Is(err, ErrNotRegular) {
		t.Errorf("%v, %v", f, err)
	}
}
