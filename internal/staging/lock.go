package staging

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/par"
)

// Lock locks a folder, which need not exist, against other runs that do the same, until
// the function returned is called or the process ends: where it does not, the nearest
// above that does. While another has it, waiting is called once, and then Lock waits
// until it has it or ctx ends. What cannot be locked, as on some file systems, is not.
func Lock(ctx context.Context, dir string, waiting func()) (unlock func() error, err error) {
	for {
		at := Existing(dir)
		held, err := lock(ctx, at, waiting)
		if err != nil {
			return nil, err
		}
		if at == Existing(dir) { // another run may have made it meanwhile
			return held, nil
		}
		if err := held(); err != nil {
			return nil, err
		}
	}
}

// Existing returns the folder at path, or the nearest above it that exists.
func Existing(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) || path == filepath.Dir(path) {
		return path
	}
	return Existing(filepath.Dir(path))
}

func lock(ctx context.Context, dir string, waiting func()) (unlock func() error, err error) {
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
		if err := par.Sleep(ctx, lockPoll); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
}

// lockPoll is how often a lock that somebody holds is tried for again.
const lockPoll = 50 * time.Millisecond
