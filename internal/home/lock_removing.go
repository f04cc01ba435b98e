package home

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"cargohome/internal/par"
)

// settleTime is how long at most a Cargo may need from having unpacked what it
// builds to taking its lock for building, for which [Home.LockRemoving] waits. With
// 800 packages it takes 30 ms.
const settleTime = time.Second

// settlePolls is how many times in that it is looked whether they are through.
const settlePolls = 50

// LockRemoving takes the locks of [Replacing], as [Home.Lock] does, for removing what
// a build could not do without.
//
// Cargo gives the package cache back when all sources are unpacked, takes it once or
// twice more without looking at them again, and then its shared lock, when it starts to
// compile (cargo 1.95: PackageSet::get_many, BuildRunner::compile). Whoever removes a
// source in between breaks the build. So unless it is known that no Cargo is at work
// here, the mutation lock is given back for a moment, with the package cache still held:
// none can come to that point anew, and one that is there goes on, until it has its lock
// for building, or waits for the package cache. If either is so, all begins again.
//
// What is known: before a Cargo first gives the package cache back it opens the database
// of last uses, and has it open until it ends. Nobody has, if the system says so; see
// databaseIdle. But a Cargo that cannot open its database goes on without. So canOpen is
// asked, under the locks, whether the database is one that Cargo can open.
//
// What remains: a Cargo before 1.74 holds no lock when it builds. One on another machine,
// or in a virtual one, is not seen, nor is one that takes longer than settleTime. Where
// the system does not tell who has a file open, which it does on Linux alone, one that
// waits for the package cache for the second time is not seen either: the chance is that
// of getting the lock within the 0.1 ms it needs to come from the first to the second.
func (h *Home) LockRemoving(ctx context.Context, opts *LockOptions, canOpen func() bool) (unlock func() error, err error) {
	opts = opts.withDefaults()
	for {
		held, err := h.lockEach(ctx, Replacing, opts)
		if err != nil {
			return nil, err
		}
		if len(held) < 2 {
			return func() error { return closeAll(held) }, nil
		}
		p := pause{home: h, mutate: held[0], cache: held[1], began: bootTime(), visible: canOpen()}
		if p.visible && h.databaseIdle(opts.Settle) {
			return p.unlock, nil
		}
		settled, err := p.settle(ctx, opts)
		if err != nil {
			return nil, err
		}
		if settled {
			return p.unlock, nil
		}
		opts.waiting("package cache")
		if err := par.Sleep(ctx, opts.Settle/5); err != nil { // for those who wait
			return nil, err
		}
	}
}

// pause is the time for which the package cache is held, to let others go on.
type pause struct {
	home          *Home
	mutate, cache *os.File
	began         time.Duration // since the machine was started
	visible       bool          // Cargos at work have the database open
}

func (p *pause) unlock() error { return closeAll([]*os.File{p.mutate, p.cache}) }

// settle lets go of the mutation lock until it is known that no Cargo is at work, or
// long enough. It reports whether both locks are held then; else none is.
func (p *pause) settle(ctx context.Context, opts *LockOptions) (bool, error) {
	if err := p.mutate.Close(); err != nil {
		return false, errors.Join(err, p.cache.Close())
	}
	idle := false
	for n := 0; n < settlePolls && !idle; n++ {
		if err := par.Sleep(ctx, opts.Settle/settlePolls); err != nil {
			return false, errors.Join(err, p.cache.Close())
		}
		idle = p.visible && p.home.databaseIdle(opts.Settle)
	}
	if !idle && othersWait(p.cache, p.began) {
		return false, p.cache.Close()
	}
	return p.lockAgain(opts)
}

func (p *pause) lockAgain(opts *LockOptions) (held bool, err error) {
	path := filepath.Join(p.home.dir, packageCacheMutate)
	p.mutate, held, err = tryLockFile(path, Replacing, !opts.Without)
	if held {
		return true, nil
	}
	if err != nil {
		err = lockError(path, err)
	}
	return false, errors.Join(err, p.cache.Close())
}
