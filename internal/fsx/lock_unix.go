//go:build unix && !portable

package fsx

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Lock locks the folder for us alone (flock), until it is closed or the process ends. It
// does not wait: the error is [ErrLocked] if somebody has the lock, and [ErrNoLocks] where
// the file system has none.
func (d Folder) Lock() error { return flock(d.fd) }

// LockFile is [Folder.Lock] for a file.
func LockFile(f *os.File) error { return flock(int(f.Fd())) }

func flock(fd int) error {
	switch err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); {
	case err == nil:
		return nil
	case errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EINTR):
		return ErrLocked
	}
	return ErrNoLocks
}
