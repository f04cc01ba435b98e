package staging

import (
	"context"
	"errors"
	"time"

	"cargohome/internal/fsx"
)

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
		if f.Lock() != fsx.ErrLocked {
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
