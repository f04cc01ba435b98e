package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/usage"
)

// lockFlags are those of commands that replace or remove what is in the home.
type lockFlags struct {
	dryRun bool
	noLock bool
}

func (f *lockFlags) register(cmd *cobra.Command, dryRun string) {
	flags := cmd.Flags()
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, dryRun)
	flags.BoolVar(&f.noLock, "no-lock", false, "go on where cargo's locks cannot be taken: a cargo that is at work meanwhile may fail, or find half of what it looks for")
}

// lockOptions say how the home is locked: while somebody holds a lock it is waited,
// saying so in cargo's words.
func (r *run) lockOptions() *home.LockOptions {
	return &home.LockOptions{
		Settle:  r.sys.Settle,
		Waiting: func(what string) { r.out.status("Blocking", "waiting for file lock on %s", what) },
	}
}

// lock takes cargo's locks on the home.
func (r *run) lock(ctx context.Context, h *home.Home, mode home.LockMode, opts *home.LockOptions) (unlock func() error, err error) {
	unlock, err = h.Lock(ctx, mode, opts)
	return unlock, explainLock(err)
}

// reading is the lock of a command that only reads the home.
func reading(dryRun bool) home.LockMode {
	if dryRun {
		return home.Looking
	}
	return home.Reading
}

// explainLock says what to do about a lock that cannot be had.
func explainLock(err error) error {
	if _, ok := errors.AsType[*home.LockError](err); !ok {
		return err
	}
	help := "see what is wrong with the file"
	switch {
	case errors.Is(err, fsx.ErrNotRegular):
		help = "delete it when no cargo is running: cargo makes a new one"
	case errors.Is(err, home.ErrNoLocks):
		help = "do this on the machine that has the disk"
	case errors.Is(err, fs.ErrPermission):
		help = "do this as the user whose cargo home it is, or have the file made writable for you"
	}
	return withHint(err, help+"; --no-lock goes on without, if you know that no cargo is at work")
}

// replacer is a plan that may replace what is there.
type replacer interface{ Replaces() bool }

// planLocked plans under the lock that carrying out the plan takes: adding does
// not hinder builds that are running, replacing waits for them. What others do
// while we wait can make the one plan into the other.
func planLocked[P replacer](ctx context.Context, r *run, h *home.Home, flags *lockFlags, plan func() (P, error)) (p P, unlock func() error, err error) {
	mode, opts := home.Adding, r.lockOptions()
	opts.Without = flags.noLock
	if flags.dryRun {
		mode = home.Looking
	}
	for {
		unlock, err := r.lock(ctx, h, mode, opts)
		if err != nil {
			return p, nil, err
		}
		p, err = plan()
		switch {
		case err != nil:
			return p, nil, errors.Join(err, unlock())
		case mode != home.Adding || !p.Replaces():
			return p, unlock, nil
		}
		if err := unlock(); err != nil {
			return p, nil, err
		}
		mode = home.Replacing
		r.warnShared(slices.Concat(usage.MountedParts(h.Dir()), usage.LinkedParts(h.Dir())))
	}
}

// warnShared tells of parts of the home that another home may have too. Whoever uses
// them there takes the locks of that home, and not these.
func (r *run) warnShared(parts []string) {
	if len(parts) > 0 {
		r.out.warning(fmt.Sprintf("%s of the cargo home may be part of another home too, whose cargos know nothing of the locks of this one: see that none is at work", strings.Join(parts, ", ")))
	}
}

// warnLinked tells of parts of the home that clean does not look into, and that may be
// what takes the space.
func (r *run) warnLinked(parts []string) {
	if len(parts) > 0 {
		r.out.warning(fmt.Sprintf("what lies behind links is left alone: %s of the cargo home", strings.Join(parts, ", ")))
	}
}
