package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cargohome/gitsrc"
	"cargohome/internal/compat"
	"cargohome/internal/ui"
)

const checkoutHelp = `Restore git/checkouts from git/db, for what the lockfile needs from git.

Cargo takes what is restored as its own work: 'cargo build --offline' uses it
without touching it. Submodules are restored with it, from their own repositories
in git/db. A home that cargos before and after 1.85 used has several repositories of
one source; there is a checkout for each. A checkout that is in order is left alone; one
that Cargo would delete, or that is incomplete, is replaced in one step.

Where cargo's configuration puts another repository in place of one, that is what
is checked out, as by Cargo.

Everything that is missing is reported in one go, and then nothing is changed. With
--held what is there is restored all the same, as in CI, where a cache may have nothing
yet and cargo fetches the rest.`

const checkoutExample = `  cargohome checkout
  cargohome checkout --dry-run
  cargohome checkout --held
  cargohome checkout --lockfile-path Cargo.lock --format json`

// checkoutOptions are the flags of checkout.
type checkoutOptions struct {
	rebuildFlags
	held bool
}

func newCheckout(r *run) *cobra.Command {
	opts := &checkoutOptions{}
	cmd := &cobra.Command{
		Use:     "checkout",
		Short:   "Restore git/checkouts from git/db",
		Long:    checkoutHelp,
		Example: checkoutExample,
		Args:    r.noWords,
		RunE:    func(cmd *cobra.Command, _ []string) error { return r.checkout(cmd.Context(), opts) },
	}
	opts.register(cmd, "checkouts")
	cmd.Flags().BoolVar(&opts.held, "held", false, "restore what can be restored, and warn of the rest")
	return cmd
}

// checkout carries out the command.
func (r *run) checkout(ctx context.Context, opts *checkoutOptions) error {
	began := time.Now()
	h, cfg, err := r.openKnownHome()
	if err != nil {
		return err
	}
	defer h.Close()
	r.warn(cfg)
	project, err := r.findProject(&opts.projectFlags, h, cfg, compat.Rule{})
	if err != nil {
		return err
	}
	sources, err := r.sources(h, cfg, true)
	if err != nil {
		return err
	}
	repositories, err := sources.Repositories(project.GitSources())
	if err != nil {
		return err
	}
	plan, unlock, err := planLocked(ctx, r, h, &opts.lockFlags, func() (*gitsrc.CheckoutPlan, error) {
		return h.Git().Plan(ctx, repositories, &gitsrc.PlanOptions{Force: opts.force, Jobs: r.flags.jobs})
	})
	if err != nil {
		return err
	}
	defer unlock()
	if err := ui.Unavailable(plan); err != nil {
		if !opts.held {
			return err
		}
		r.out.Warning(err.Error())
	}
	r.out.Behind(plan)
	if !opts.dryRun {
		if err := r.restore(ctx, h.Dir(), plan); err != nil {
			return err
		}
		r.out.Achieved("the checkouts are restored")
	}
	result := ui.NewRestored(plan, opts.dryRun)
	result.Took = time.Since(began)
	return r.out.Print(result)
}

func (r *run) restore(ctx context.Context, home string, plan *gitsrc.CheckoutPlan) error {
	r.beginWriting(target{home, nil})
	opts := &gitsrc.RestoreOptions{Jobs: r.flags.jobs, Leftover: r.out.Leftover}
	r.out.RestoreProgress(plan, opts)
	defer r.out.StopProgress()
	err := plan.Restore(ctx, opts)
	if ctx.Err() != nil {
		return &ui.PartialError{Err: errors.Join(ctx.Err(), err)}
	}
	return err
}
