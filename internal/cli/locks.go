package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"cargohome/internal/home"
	"cargohome/internal/staging"
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

// rebuildFlags are those of commands that rebuild what a project needs in the home.
type rebuildFlags struct {
	projectFlags
	lockFlags
	force bool
}

func (f *rebuildFlags) register(cmd *cobra.Command, what string) {
	f.projectFlags.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&f.force, "force", "f", false, "replace "+what+" that are in order too")
	f.lockFlags.register(cmd, "say what would be done, and do nothing")
}

// lockOptions say how the home is locked: while somebody holds a lock it is waited,
// saying so in cargo's words.
func (r *run) lockOptions() *home.LockOptions {
	return &home.LockOptions{
		Settle:  r.sys.Settle,
		Waiting: r.out.Blocking,
	}
}

// lockFolder keeps other runs of a command from doing what it does to the same folder.
func (r *run) lockFolder(ctx context.Context, what, folder string) (release func() error, err error) {
	return staging.Lock(ctx, r.path(folder), func() {
		r.out.Status("Blocking", "waiting for another run that %s %s", what, folder)
	})
}

// reading is the lock of a command that only reads the home.
func reading(dryRun bool) home.LockMode {
	if dryRun {
		return home.Looking
	}
	return home.Reading
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
		unlock, err := h.Lock(ctx, mode, opts)
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
		r.out.SharedParts(slices.Concat(usage.MountedParts(h.Dir()), usage.LinkedParts(h.Dir())))
	}
}
