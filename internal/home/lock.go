package home

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cargohome/internal/par"
)

// LockMode is what somebody is going to do with the home (spec 10).
type LockMode uint8

const (
	// Looking keeps others from adding and replacing as far as that takes no more
	// than looking: a lock file that is not there is not made.
	Looking LockMode = iota
	// Reading keeps others from adding and replacing; builds go on, and so do
	// other readers.
	Reading
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

// LockOptions say how locks are taken; nil is the same as an empty one.
type LockOptions struct {
	// Waiting is called once for each lock that somebody holds, with Cargo's name
	// for it. It may be nil.
	Waiting func(what string)
	// Without goes on without the locks that cannot be taken.
	Without bool
	// Settle is how long [Home.LockRemoving] waits for Cargos that it may not see;
	// 0 is for the second that real ones are given.
	Settle time.Duration

	told map[string]bool
}

// waiting calls Waiting, unless it was for that lock.
func (o *LockOptions) waiting(what string) {
	if o.Waiting != nil && !o.told[what] {
		o.Waiting(what)
	}
	o.told[what] = true
}

func (o *LockOptions) withDefaults() *LockOptions {
	var c LockOptions
	if o != nil {
		c = *o
	}
	c.told = map[string]bool{}
	if c.Settle == 0 {
		c.Settle = settleTime
	}
	return &c
}

// Lock takes Cargo's locks on the home for mode, in Cargo's order, and returns
// the function that gives them back. While somebody holds one, Lock waits until it has
// the lock or ctx ends.
//
// For [Replacing] all of them must be had: a lock that cannot be taken, or only shared,
// is a [*LockError], unless the options say otherwise. For less, what cannot be locked
// is used without, as with Cargo: a home that may not be written to, where a shared lock
// is taken if its file is there (cargo 1.95: lock_exclusive_blocking), one on a file
// system that has no locks. A home that does not exist has none.
func (h *Home) Lock(ctx context.Context, mode LockMode, opts *LockOptions) (unlock func() error, err error) {
	held, err := h.lockEach(ctx, mode, opts.withDefaults())
	if err != nil {
		return nil, err
	}
	return func() error { return closeAll(held) }, nil
}

// lockEach takes the locks of a mode in Cargo's order; those there are none of are
// left out. While it waits it has none of them, nor a lock file open: two that remove
// would otherwise hinder each other for ever, and be taken for Cargos that wait.
func (h *Home) lockEach(ctx context.Context, mode LockMode, opts *LockOptions) (held []*os.File, err error) {
	for {
		held, busy, err := h.tryEach(mode, opts)
		if err != nil || busy == "" {
			return held, err
		}
		opts.waiting(busy)
		if err := par.Sleep(ctx, lockPoll); err != nil {
			return nil, err
		}
	}
}

// tryEach takes all locks or none, and says which somebody holds.
func (h *Home) tryEach(mode LockMode, opts *LockOptions) (held []*os.File, busy string, err error) {
	strict := mode == Replacing && !opts.Without
	for _, l := range mode.files() {
		path := filepath.Join(h.dir, l.name)
		f, got, err := tryLockFile(path, mode, strict)
		switch {
		case got:
			held = append(held, f)
		case err == nil:
			return nil, l.what, closeAll(held)
		case !errors.Is(err, fs.ErrNotExist) && !canDoWithout(err, mode, opts):
			return nil, "", errors.Join(lockError(path, err), closeAll(held))
		}
	}
	return held, "", nil
}

// canDoWithout: for reading Cargo wants no more than it can have, and where there are no
// locks it goes on in any case; what replaces does so when told to.
func canDoWithout(err error, mode LockMode, opts *LockOptions) bool {
	return mode < Adding || opts.Without || mode == Adding && errors.Is(err, ErrNoLocks)
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
