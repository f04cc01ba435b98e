package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/home"
	"cargohome/internal/project"
	"cargohome/internal/usage"
)

const cleanHelp = `Give space in the Cargo home back: plan first, then carry the plan out.

Sources and checkouts are rebuilt without a network, by Cargo itself or by
'cargohome reextract' and 'cargohome checkout'; --auto selects both. One that could
not be rebuilt, as its archive is gone or damaged, stays. Submodules that only a
checkout has, as cargo before 1.94 left them, are moved to git/db before it goes.
Archives, indexes and repositories are expensive: a network is needed to have them
again. What cargo has built in the home is compiled again; only --build selects it.
Flags that select add up; those that narrow leave less to remove, and alone they
narrow --auto.

Never touched are installed binaries and the lists of them, configuration,
credentials, what is not Cargo's, and what lies outside the home, whatever links lead
there. As long as a git source that --keep or --ci needs is not found, or cannot be
read to its end, no repository and no checkout goes. Cargo's locks are taken, so
running builds are waited for.`

const cleanExample = `  cargohome clean --auto --dry-run
  cargohome clean --auto --older-than 30d
  cargohome clean --auto-expensive --keep ~/src --until-size 5GB
  cargohome clean --src --archives --keep-versions 2
  cargohome clean --thin-dbs --checkouts --keep Cargo.lock
  cargohome clean --ci Cargo.lock`

// cleanOptions are the flags of clean.
type cleanOptions struct {
	src, checkouts, archives, index, dbs bool
	build                                bool
	auto, autoExpensive                  bool
	orphans, broken, thin                bool

	registries, packages []string
	keep                 []string
	keepVersions         int
	olderThan, untilSize string
	ci                   []string

	lockFlags
	noWait, fileTimes bool
}

func newClean(r *run) *cobra.Command {
	opts := &cleanOptions{}
	cmd := &cobra.Command{
		Use:     "clean [LOCK...]",
		Short:   "Give space in the Cargo home back",
		Long:    cleanHelp + "\n\n" + exitHelp,
		Example: cleanExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			sel, err := opts.selection(args)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return r.clean(cmd.Context(), opts, sel)
		},
	}
	opts.register(cmd)
	return cmd
}

func (o *cleanOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.src, "src", false, "remove sources: registry/src, unpacked again from archives")
	flags.BoolVar(&o.checkouts, "checkouts", false, "remove checkouts: git/checkouts, checked out again from repositories")
	flags.BoolVar(&o.archives, "archives", false, "remove archives: registry/cache (expensive: needs a network again)")
	flags.BoolVar(&o.index, "index", false, "remove indexes: registry/index (expensive: needs a network again)")
	flags.BoolVar(&o.dbs, "dbs", false, "remove repositories: git/db, with their checkouts (expensive: needs a network again)")
	flags.BoolVar(&o.build, "build", false, "remove what cargo has built in the home: build, and where build.build-dir says")
	flags.BoolVar(&o.auto, "auto", false, "remove sources and checkouts")
	flags.BoolVar(&o.autoExpensive, "auto-expensive", false, "remove all of these (expensive: needs a network again)")
	flags.BoolVar(&o.orphans, "orphans", false, "remove what has lost its index or repository, as cargo's own collector does")
	flags.BoolVar(&o.broken, "broken", false, "remove what is half made: sources, checkouts, empty archives, what killed runs left")
	flags.StringArrayVar(&o.registries, "registry", nil, "only of the registry `NAME`, such as index.crates.io; repeatable")
	flags.StringArrayVar(&o.packages, "package", nil, "only packages that `SPEC` names, NAME or NAME@VERSION; repeatable")
	flags.StringArrayVar(&o.keep, "keep", nil, "keep everything that `LOCK` needs, a lockfile or a folder with projects; repeatable")
	flags.IntVar(&o.keepVersions, "keep-versions", 0, "keep the newest `N` versions of each crate, and the last used N checkouts of each repository")
	flags.StringVar(&o.olderThan, "older-than", "", "only what was not used for `AGE`, such as 30d or \"1 month\"")
	flags.StringVar(&o.untilSize, "until-size", "", "no more than makes the home `SIZE` on the disk, such as 5GB: what can be rebuilt goes first, then the least recently used")
	flags.BoolVar(&o.thin, "thin-dbs", false, "reduce repositories to the commits that --keep or --ci needs; cargo fetches the rest when it updates them")
	flags.StringArrayVar(&o.ci, "ci", nil, "leave what a cache of CI holds for `LOCK`, and print the paths to cache; repeatable")
	flags.BoolVar(&o.fileTimes, "file-times", false, "go by the times of files where cargo's database of last uses cannot be read, for what needs a network again too")
	o.lockFlags.register(cmd, "print the plan, with bytes and reasons, and do nothing")
	flags.BoolVar(&o.noWait, "no-wait", false, "fail if cargo holds a lock, rather than wait")
}

// clean carries out the command.
func (r *run) clean(ctx context.Context, opts *cleanOptions, sel *usage.Selection) error {
	began := time.Now()
	h, cfg, err := r.openHomeOnly()
	if err != nil {
		return err
	}
	defer h.Close()
	r.warnLinked(usage.LinkedParts(h.Dir()))
	if !opts.dryRun {
		r.warnShared(usage.MountedParts(h.Dir()))
	}
	unlock, known, err := r.lockToClean(ctx, h, opts)
	if err != nil {
		return err
	}
	job := &cleanJob{opts: opts, sel: sel, home: h.Dir(), known: known, builds: buildRoots(cfg, h.Dir())}
	if err := r.planClean(ctx, h, job); err != nil {
		return errors.Join(err, unlock())
	}
	if opts.dryRun {
		return errors.Join(unlock(), r.reportClean(job, nil, time.Since(began)), job.short())
	}
	out, err := r.executeClean(ctx, job.plan, unlock)
	if err != nil {
		return &partialError{err}
	}
	r.out.done = "what could be removed is removed"
	r.warnRecord(out.Record)
	return errors.Join(r.reportClean(job, out, time.Since(began)), cleanFailures(out), job.short())
}

// cleanJob is one run of clean.
type cleanJob struct {
	opts *cleanOptions
	sel  *usage.Selection
	home string
	plan *usage.Plan
	keep *project.Search // what --keep and --ci lead to

	builds []string // where cargo builds in the home, besides the usual place
	known  evidence // as the locks were taken
}

func (r *run) planClean(ctx context.Context, h *home.Home, job *cleanJob) (err error) {
	opts, sel := job.opts, job.sel
	if job.keep, err = r.search(ctx, h, append(opts.keep, opts.ci...)); err != nil {
		return err
	}
	if sel.Keep, err = r.needs(ctx, h, job.keep); err != nil {
		return err
	}
	uses, err := r.evidenceFor(ctx, job.known, opts, sel)
	if err != nil {
		return err
	}
	if sel.Keep != nil {
		r.reportKept(job.keep)
	}
	if sel.Keep != nil && len(sel.Keep.Unknown) > 0 {
		r.out.warning(listed("no repository and no checkout goes, as not all that is needed of git was found:", sel.Keep.Unknown))
	}
	sel.Jobs, sel.Now, sel.Builds = r.flags.jobs, time.Now(), job.builds
	if job.plan, err = usage.NewPlan(ctx, h, sel, uses); err != nil {
		return err
	}
	r.warnClean(job)
	return nil
}

// warnClean says what the plan could not count in.
func (r *run) warnClean(job *cleanJob) {
	plan := job.plan
	r.warnProblems(plan.Before.Problems, plan.Before.Unseen)
	if len(plan.Spared) > 0 {
		text := plural(len(plan.Spared), "item is selected, but left as it is:", "items are selected, but left as they are:")
		r.out.warning(listed(text, plan.Spared))
	}
	if elsewhere := minus(plan.Before.Total, plan.Before.GivesBack()).Allocated; job.opts.untilSize != "" && elsewhere > 0 {
		r.out.note(fmt.Sprintf("%s more lie in files that have names outside of the home: they do not count, as removing them gives nothing back", size(elsewhere)))
	}
}

// short is an error if the home does not become as small as asked for.
func (j *cleanJob) short() error {
	if j.plan.Short == 0 {
		return nil
	}
	err := fmt.Errorf("all that is selected is not enough for %s: %s too much stay", j.opts.untilSize, size(j.plan.Short))
	return withHint(err, "select or keep less, or see with `cargohome size` what takes the space")
}

// listed is a text with the first of a list below it.
func listed[E error](text string, list []E) string {
	for i, e := range list {
		if i == shownProblems {
			return text + fmt.Sprintf("\n  and %d more", len(list)-i)
		}
		text += "\n  " + e.Error()
	}
	return text
}

func (r *run) executeClean(ctx context.Context, plan *usage.Plan, unlock func() error) (*usage.Outcome, error) {
	r.begin()
	r.out.startProgress("Removing", int64(len(plan.Removals)))
	defer r.out.stopProgress()
	return plan.Execute(ctx, &usage.ExecuteOptions{
		Unlock:   unlock,
		Leftover: r.leftover,
		Removed: func(i *usage.Removal) {
			r.out.detail("Removed", "%s", i.Path())
			r.out.advance(1)
		},
	})
}

// warnRecord tells of a database that still has what was removed: one that is not
// Cargo's, that is in use, or that a full disk has no journal for.
func (r *run) warnRecord(err error) {
	if err != nil {
		r.out.warning(fmt.Sprintf("what was removed is still in cargo's database of last uses; cargo finds out when it next collects: %v", err))
	}
}

// cleanFailures puts what went wrong into one error.
func cleanFailures(out *usage.Outcome) error {
	if len(out.Failed) == 0 {
		return nil
	}
	failed := &listError{head: plural(len(out.Failed), "item was", "items were") + " not removed; all others are"}
	for _, f := range out.Failed {
		failed.add(fmt.Errorf("%q: %w", f.Path, f.Err))
	}
	return failed
}
