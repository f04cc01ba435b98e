//go:build unix && !portable

package staging

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"cargohome/internal/fsx"
)

// lockFolder locks a folder until it is closed or the process ends. The error is errTaken
// if somebody else has the lock, and errNoLocks where the file system has none.
func lockFolder(d fsx.Folder) error { return flock(d.FD()) }

// lockFile is lockFolder for a file.
func lockFile(f *os.File) error { return flock(int(f.Fd())) }

func flock(fd int) error {
	switch err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); {
	case err == nil:
		return nil
	case errors.Is(err, unix.EWOULDBLOCK):
		return errTaken
	}
	return errNoLocks
}

// Lock locks a folder against other runs that do the same, until the function
// returned is called or the process ends. While another has it, waiting is called
// once, and then Lock waits until it has it or ctx ends. What cannot be locked,
// as on some file systems, is not.
func Lock(ctx context.Context, dir string, waiting func()) (unlock func() error, err error) {
	f, err := fsx.OpenFolder(dir)
	if err != nil {
		return func() error { return nil }, nil
	}
	for told := false; ; told = true {
		err := unix.Flock(f.FD(), unix.LOCK_EX|unix.LOCK_NB)
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
