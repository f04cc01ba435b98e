package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"cargohome/internal/home"
	"cargohome/internal/lastuse"
	"cargohome/internal/ui"
	"cargohome/internal/usage"
)

// usesPatience is how long cargo's database is waited for while another program is at
// it, as a multiple of a second. Cargo itself is so for moments, under its lock.
const usesPatience = 30

// evidence is what cargo's database of last uses says, or why it does not.
type evidence struct {
	uses *lastuse.Uses // nil if nothing is known
	err  error
}

// lastUses reads cargo's database.
func (r *run) lastUses(ctx context.Context, h *home.Home, opts *lastuse.Options) (e evidence) {
	e.uses, e.err = lastuse.Read(ctx, h.Dir(), opts)
	return e
}

// orFiles is for those to whom a database that cannot be read is as good as none.
func (r *run) orFiles(ctx context.Context, e evidence) (*lastuse.Uses, error) {
	if e.err != nil && ctx.Err() == nil {
		r.out.Warning(fmt.Sprintf("cargo's database of last uses cannot be read, so the times of files count: %v", e.err))
		return nil, nil
	}
	return e.uses, e.err
}

// evidenceFor refuses to go by the times of files where there is a database that knows
// better, for what cannot be rebuilt: they may be much older than the last use.
func (r *run) evidenceFor(ctx context.Context, e evidence, opts *cleanOptions, sel *usage.Selection) (*lastuse.Uses, error) {
	if e.err == nil || ctx.Err() != nil || opts.fileTimes || !sel.NeedsUses() {
		return r.orFiles(ctx, e)
	}
	help := "see what is wrong with it; cargo makes a new one if it is deleted, and counts from then"
	if errors.Is(e.err, lastuse.ErrBusy) {
		help = "wait until that program has ended"
	}
	return nil, ui.WithHint(fmt.Errorf("what was used when is in cargo's database, which cannot be read: %w", e.err),
		help+"; --file-times goes by the times of files, which may be older than the last use")
}

// lockToClean takes the locks for planning, and for carrying the plan out, and reads
// cargo's database under them.
func (r *run) lockToClean(ctx context.Context, h *home.Home, opts *cleanOptions) (unlock func() error, e evidence, err error) {
	held, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	lock := r.lockOptions()
	lock.Without = opts.noLock
	if opts.noWait {
		lock.Waiting = func(what string) {
			stop(fmt.Errorf("the cargo home is in use: somebody holds the lock on %s", what))
		}
	}
	read := func() bool {
		e = r.lastUses(held, h, &lastuse.Options{Locked: !opts.dryRun, Patience: usesPatience * cmp.Or(r.sys.Settle, time.Second), Waiting: func() { lock.Waiting("last-use database") }})
		return e.err == nil && e.uses != nil
	}
	if !opts.dryRun {
		unlock, err = h.LockRemoving(held, lock, read)
	} else if unlock, err = h.Lock(held, home.Looking, lock); err == nil {
		read()
	}
	if ctx.Err() != nil || held.Err() == nil {
		return unlock, e, err
	}
	if err == nil {
		_ = unlock() // of a file that was only looked at
	}
	return nil, e, ui.WithHint(context.Cause(held), "leave out --no-wait to wait until it is given back")
}
