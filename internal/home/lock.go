package home

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// LockMode is what somebody is going to do with the home (spec 10).
type LockMode uint8

const (
	// Reading keeps others from adding and replacing; builds go on, and so do
	// other readers.
	Reading LockMode = iota
	// Adding is Cargo's download lock: archives, sources and checkouts come to
	// the home. Builds go on.
	Adding
	// Replacing is Cargo's mutation lock: what is there may vanish for a
	// moment, so it waits for builds to end too.
	Replacing
)

// Cargo's two lock files. They stay empty, and are never deleted.
const (
	packageCache       = ".package-cache"
	packageCacheMutate = ".package-cache-mutate"
)

// lockPoll is how often a lock that somebody holds is tried for again. Waiting
// in the system's own call could not be interrupted.
const lockPoll = 50 * time.Millisecond

// Lock takes Cargo's locks on the home for mode, in Cargo's order, and returns
// the function that gives them back. While somebody holds one, waiting is called
// once for it, with Cargo's name for it, and Lock waits until it has the lock or
// ctx ends.
//
// As with Cargo, a home that may not be written to, that does not exist, or on a
// file system without locks, is used without.
func (h *Home) Lock(ctx context.Context, mode LockMode, waiting func(what string)) (unlock func() error, err error) {
	var held []*os.File
	unlock = func() error {
		var errs []error
		for _, f := range held {
			errs = append(errs, f.Close())
		}
		return errors.Join(errs...)
	}
	for _, l := range mode.files() {
		f, err := lockFile(ctx, filepath.Join(h.dir, l.name), mode != Reading, func() { waiting(l.what) })
		if err != nil {
			return nil, errors.Join(err, unlock())
		}
		if f != nil {
			held = append(held, f)
		}
	}
	return unlock, nil
}

// lockName is a lock file, and what Cargo calls it when it waits.
type lockName struct{ name, what string }

// files returns what a mode locks, in order.
func (m LockMode) files() []lockName {
	cache := lockName{packageCache, "package cache"}
	if m == Replacing {
		return []lockName{{packageCacheMutate, "package cache mutation"}, cache}
	}
	return []lockName{cache}
}

// lockFile returns the locked file, nil where there are no locks.
func lockFile(ctx context.Context, path string, exclusive bool, waiting func()) (*os.File, error) {
	f, err := openLock(path)
	if err != nil || f == nil {
		return nil, err
	}
	for told := false; ; told = true {
		held, err := tryLock(f, exclusive)
		if held || err != nil {
			return f, nil // an error: there are no locks here
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
