package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/gitsrc"
)

const checkoutHelp = `Restore git/checkouts from git/db, for what the lockfile needs from git.

Cargo takes what is restored as its own work: 'cargo build --offline' uses it
without touching it. Submodules are restored with it, from their own repositories
in git/db. A home that cargos before and after 1.85 used has several repositories of
one source; there is a checkout for each. A checkout that is in order is left alone; one that Cargo would delete,
or that is incomplete, is replaced in one step.

Where cargo's configuration puts another repository in place of one, that is what
is checked out, as by Cargo.

Everything that is missing is reported in one go, and then nothing is changed.`

const checkoutExample = `  cargohome checkout
  cargohome checkout --dry-run
  cargohome checkout --lockfile-path Cargo.lock --format json`

// checkoutOptions are the flags of checkout.
type checkoutOptions struct {
	projectFlags
	lockFlags
	force bool
}

func newCheckout(r *run) *cobra.Command {
	opts := &checkoutOptions{}
	cmd := &cobra.Command{
		Use:     "checkout",
		Short:   "Restore git/checkouts from git/db",
		Long:    checkoutHelp + "\n\n" + exitHelp,
		Example: checkoutExample,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return r.checkout(cmd.Context(), opts) },
	}
	opts.projectFlags.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&opts.force, "force", "f", false, "replace checkouts that are in order too")
	opts.lockFlags.register(cmd, "say what would be done, and do nothing")
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
	project, err := r.findProject(&opts.projectFlags, h)
	if err != nil {
		return err
	}
	sources, err := inPlaceOf(project.gitSources(), cfg)
	if err != nil {
		return err
	}
	plan, unlock, err := planLocked(ctx, r, h, &opts.lockFlags, func() (*gitsrc.CheckoutPlan, error) {
		return h.Git().Plan(ctx, sources, &gitsrc.PlanOptions{Force: opts.force, Jobs: r.flags.jobs})
	})
	if err != nil {
		return err
	}
	defer unlock()
	if err := plan.Unavailable(); err != nil {
		return unavailable(err)
	}
	r.noteBehind(plan)
	if !opts.dryRun {
		if err := r.restore(ctx, plan); err != nil {
			return err
		}
		r.out.done = "the checkouts are restored"
	}
	return r.reportCheckout(plan, opts.dryRun, time.Since(began))
}

// noteBehind says which folders nothing is restored for.
func (r *run) noteBehind(plan *gitsrc.CheckoutPlan) {
	for _, b := range plan.Behind {
		r.out.note(fmt.Sprintf("nothing is checked out for a cargo that looks in %s: %v", b.Dir, b.Why))
	}
}

// unavailable advises to fetch only if something is missing: cargo does not mend what is
// there and cannot be read.
func unavailable(err error) error {
	told := fmt.Errorf("git sources cannot be checked out:\n%w", err)
	if _, missing := errors.AsType[*gitsrc.MissingError](err); !missing {
		return told
	}
	return withHint(told, "run `cargo fetch --locked` where there is a network, for the same cargo home")
}

// gitSources returns the git sources of all lockfiles, each once. Those of patches that
// nothing uses are among them: Cargo needs them to see that (cargo 1.95).
func (p *projects) gitSources() []crate.SourceID {
	var sources []crate.SourceID
	seen := map[crate.SourceID]bool{}
	for _, lock := range p.lockfiles {
		for _, id := range packageIDs(lock.Lockfile) {
			if source := id.Source; source.Kind() == crate.Git && !seen[source] {
				seen[source] = true
				sources = append(sources, source)
			}
		}
	}
	return sources
}

func (r *run) restore(ctx context.Context, plan *gitsrc.CheckoutPlan) error {
	r.begin()
	_, files := plan.Needed()
	r.out.startProgress("Restoring", int64(files))
	defer r.out.stopProgress()
	err := plan.Restore(ctx, &gitsrc.RestoreOptions{
		Jobs:     r.flags.jobs,
		Leftover: r.leftover,
		Progress: func(*gitsrc.Checkout, int) { r.out.advance(1) },
		Done: func(c *gitsrc.Checkout) {
			r.out.detail("Restored", "%s to %s", c.Sources[0].Display(), c.Dir)
		},
	})
	if ctx.Err() != nil {
		return &partialError{errors.Join(ctx.Err(), err)}
	}
	return err
}

// checkoutJSON is what --format json prints, format 1.
type checkoutJSON struct {
	Format    int            `json:"format"`
	DryRun    bool           `json:"dry_run,omitempty"`
	Checkouts []checkoutItem `json:"checkouts"`
	Behind    []behindItem   `json:"behind,omitempty"`
}

// behindItem is a repository that has not the commit of a source that others have.
type behindItem struct {
	Source string `json:"source"`
	Dir    string `json:"dir"`
	Why    string `json:"why"`
}

type checkoutItem struct {
	Sources []string `json:"sources"` // as the lockfiles have them
	Dir     string   `json:"dir"`
	State   string   `json:"state"` // before: "present", "absent" or "broken"
	Why     string   `json:"why,omitempty"`
	Files   int      `json:"files"`
	Action  string   `json:"action,omitempty"` // "restored" or "kept"
}

var stateNames = map[gitsrc.State]string{gitsrc.Present: "present", gitsrc.Absent: "absent", gitsrc.Broken: "broken"}

// reportCheckout prints what was done, or would be.
func (r *run) reportCheckout(plan *gitsrc.CheckoutPlan, dryRun bool, took time.Duration) error {
	checkouts, files := plan.Needed()
	text := fmt.Sprintf("%s (%s)", plural(checkouts, "checkout", "checkouts"), plural(files, "file", "files"))
	if kept := len(plan.Checkouts) - checkouts; kept > 0 {
		text += fmt.Sprintf(", %d in order", kept)
	}
	if dryRun {
		r.out.status("Would restore", "%s", text)
	} else {
		r.out.status("Restored", "%s in %.2fs", text, took.Seconds())
	}
	if r.flags.format != "json" {
		return nil
	}
	v := checkoutJSON{Format: 1, DryRun: dryRun, Checkouts: []checkoutItem{}}
	for _, c := range plan.Checkouts {
		v.Checkouts = append(v.Checkouts, describeCheckout(c, dryRun))
	}
	for _, b := range plan.Behind {
		v.Behind = append(v.Behind, behindItem{crate.Redact(b.Source.String()), b.Dir, b.Why.Error()})
	}
	return r.out.json(v)
}

func describeCheckout(c *gitsrc.Checkout, dryRun bool) checkoutItem {
	item := checkoutItem{Dir: c.Dir, State: stateNames[c.State], Files: c.Files, Action: "restored"}
	for _, s := range c.Sources {
		item.Sources = append(item.Sources, crate.Redact(s.String()))
	}
	if c.State == gitsrc.Broken && c.Why != nil {
		item.Why = c.Why.Error()
	}
	if c.State == gitsrc.Present {
		item.Action = "kept"
	}
	if dryRun {
		item.Action = ""
	}
	return item
}
