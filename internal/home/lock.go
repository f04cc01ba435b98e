package home

import (
	"context"
	"errors"
	"fmt"
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
// As with Cargo, what cannot be locked is used without: a home on a file system
// that has no locks, or on NFS, where they may hang; one that does not exist. In a
// home that may not be written to a shared lock is taken, where its file is there,
// in place of an exclusive one (cargo 1.95: lock_exclusive_blocking).
func (h *Home) Lock(ctx context.Context, mode LockMode, waiting func(what string)) (unlock func() error, err error) {
	held, err := h.lockEach(ctx, mode, waiting)
	if err != nil {
		return nil, err
	}
	return func() error { return closeAll(held) }, nil
}

// lockEach takes the locks of a mode in Cargo's order; those there are none of are
// left out.
func (h *Home) lockEach(ctx context.Context, mode LockMode, waiting func(what string)) (held []*os.File, err error) {
	for _, l := range mode.files() {
		f, err := lockFile(ctx, filepath.Join(h.dir, l.name), mode, func() { waiting(l.what) })
		if err != nil {
			return nil, errors.Join(err, closeAll(held))
		}
		if f != nil {
			held = append(held, f)
		}
	}
	return held, nil
}

func closeAll(files []*os.File) error {
	var errs []error
	for _, f := range files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
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
func lockFile(ctx context.Context, path string, mode LockMode, waiting func()) (*os.File, error) {
	f, exclusive, err := openLock(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || mode == Reading && err != nil:
		return nil, nil // for reading Cargo wants no more than it can have
	case err != nil:
		return nil, fmt.Errorf("lock the cargo home: %w", err)
	case onNFS(f):
		return nil, f.Close()
	}
	exclusive = exclusive && mode != Reading
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

// openLock opens a lock file, making it if need be. Where that is not allowed it is
// opened for reading if it is there, which will do for a shared lock.
func openLock(path string) (f *os.File, writable bool, err error) {
	f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if !errors.Is(err, fs.ErrPermission) && !isReadOnly(err) {
		return f, err == nil, err
	}
	if f, err = os.Open(path); errors.Is(err, fs.ErrPermission) {
		err = fs.ErrNotExist // as good as none
	}
	return f, false, err
}
