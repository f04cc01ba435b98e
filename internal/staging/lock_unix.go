//go:build unix

package staging

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lock opens a temporary folder and locks it until the file returned is closed
// or the process ends. The error is errTaken if somebody else has the lock or
// has removed the folder, and errNoLocks where the file system has none.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, errTaken
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil && stillAt(f, path) {
		return f, nil
	}
	f.Close()
	if err == nil || errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errTaken
	}
	return nil, errNoLocks
}

// Lock locks a folder against other runs that do the same, until the function
// returned is called or the process ends. While another has it, waiting is called
// once, and then Lock waits until it has it or ctx ends. What cannot be locked,
// as on some file systems, is not.
func Lock(ctx context.Context, dir string, waiting func()) (unlock func() error, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return func() error { return nil }, nil
	}
	for told := false; ; told = true {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return f.Close, nil
		}
		if !told {
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(lockPoll):
		}
	}
}

// lockPoll is how often a lock that somebody holds is tried for again.
const lockPoll = 50 * time.Millisecond

func stillAt(f *os.File, path string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(opened, named)
}
