package home

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// packageCache is the file that Cargo locks while it changes registries and
// repositories. It stays empty, and is never deleted (spec 10).
const packageCache = ".package-cache"

// lockPoll is how often a lock that somebody holds is tried for again. Waiting
// in the system's own call could not be interrupted.
const lockPoll = 50 * time.Millisecond

// LockReading takes Cargo's package cache lock, shared, so that no Cargo adds or
// replaces anything until the function returned is called; builds, which only
// read, go on. If the lock is held for writing, waiting is called once, and then
// LockReading waits until it has the lock or ctx ends.
//
// As with Cargo, a home that may not be written to, that does not exist, or on a
// file system without locks, is read without.
func (h *Home) LockReading(ctx context.Context, waiting func()) (unlock func() error, err error) {
	f, err := openLock(filepath.Join(h.dir, packageCache))
	if err != nil || f == nil {
		return func() error { return nil }, err
	}
	for told := false; ; told = true {
		held, err := tryLockShared(f)
		if held || err != nil {
			return f.Close, nil // an error: there are no locks here
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

// openLock opens a lock file, making it if need be; nil if that cannot be done.
func openLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if errors.Is(err, fs.ErrPermission) || isReadOnly(err) {
		f, err = os.Open(path)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || isReadOnly(err) {
		return nil, nil
	}
	return f, err
}
