package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/home"
	"cargohome/internal/project"
	"cargohome/internal/ui"
	"cargohome/internal/usage"
)

const cleanHelp = `Give space in the Cargo home back: plan first, then carry the plan out.

Sources and checkouts are rebuilt without a network, by Cargo itself or by
'cargohome reextract' and 'cargohome checkout'; --auto selects both. One that could
not be rebuilt, as its archive is gone or damaged, stays. Submodules that only a
checkout has, as cargo before 1.94 left them, are moved to git/db before it goes.
Archives, indexes and repositories are expensive: a network is needed to have them
again. What cargo has built in the home is compiled again; only --build selects it.
What cargo 1.84 and older have under names that newer ones do not look for goes with
--superseded, if these have it too.
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
  cargohome clean --superseded 1.84
  cargohome clean --ci Cargo.lock`

// cleanOptions are the flags of clean.
type cleanOptions struct {
	src, checkouts, archives, index, dbs bool
	build                                bool
	auto, autoExpensive                  bool
	orphans, broken, thin                bool
	superseded                           string

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
		Long:    cleanHelp,
		Example: cleanExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && !opts.says() {
				return r.reclaimable(cmd.Context())
			}
			sel, err := opts.selection(args)
			if err != nil {
				return usagef("%w", err)
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
	flags.StringVar(&o.superseded, "superseded", "", "remove what only cargo `1.84` and older look for, which are no longer used, and newer cargos have under their own names")
	flags.Var((*list)(&o.registries), "registry", "only of the registry `NAME`, such as index.crates.io; repeatable")
	flags.Var((*list)(&o.packages), "package", "only packages that `SPEC` names, NAME or NAME@VERSION; repeatable")
	flags.Var((*list)(&o.keep), "keep", "keep everything that `LOCK` needs, a lockfile or a folder with projects; repeatable")
	flags.IntVar(&o.keepVersions, "keep-versions", 0, "keep the newest `N` versions of each crate, and the last used N checkouts of each repository")
	flags.StringVar(&o.olderThan, "older-than", "", "only what was not used for `AGE`, such as 30d or \"1 month\"")
	flags.StringVar(&o.untilSize, "until-size", "", "no more than makes the home `SIZE` on the disk, such as 5GB: what can be rebuilt goes first, then the least recently used")
	flags.BoolVar(&o.thin, "thin-dbs", false, "reduce repositories to the commits that --keep or --ci needs; cargo fetches the rest when it updates them")
	flags.Var((*list)(&o.ci), "ci", "leave what a cache of CI holds for `LOCK`, and print the paths to cache; repeatable")
	flags.BoolVar(&o.fileTimes, "file-times", false, "go by the times of files where cargo's database of last uses cannot be read, for what needs a network again too")
	o.lockFlags.register(cmd, "print the plan, with bytes and reasons, and do nothing")
	flags.BoolVar(&o.noWait, "no-wait", false, "fail if cargo holds a lock, rather than wait")
}

// reclaimable shows what there is to remove.
func (r *run) reclaimable(ctx context.Context) error {
	h, cfg, err := r.openHomeLeniently()
	if err != nil {
		return err
	}
	defer h.Close()
	report, err := usage.Measure(ctx, h.Dir(), &usage.MeasureOptions{Jobs: r.flags.jobs, Builds: buildRoots(cfg, h.Dir())})
	if err != nil {
		return err
	}
	return r.out.Print(ui.NewReclaimable(h.Dir(), report))
}

// clean carries out the command.
func (r *run) clean(ctx context.Context, opts *cleanOptions, sel *usage.Selection) error {
	began := time.Now()
	h, cfg, err := r.openHomeLeniently()
	if err != nil {
		return err
	}
	defer h.Close()
	r.out.LinkedParts(usage.LinkedParts(h.Dir()))
	if !opts.dryRun {
		r.out.SharedParts(usage.MountedParts(h.Dir()))
	}
	unlock, known, err := r.lockToClean(ctx, h, opts)
	if err != nil {
		return err
	}
	sel.Jobs, sel.Builds = r.flags.jobs, buildRoots(cfg, h.Dir())
	if opts.superseded != "" {
		sel.Superseded = h.Owners(configured(cfg))
	}
	kept := r.newSearch(h)
	plan, err := r.planClean(ctx, h, opts, sel, kept, known)
	if err != nil {
		return errors.Join(err, unlock())
	}
	var out *usage.Outcome
	if opts.dryRun {
		err = unlock()
	} else if out, err = r.executeClean(ctx, plan, unlock); err != nil {
		return &ui.PartialError{Err: err}
	}
	result := ui.NewCleaned(h.Dir(), plan, sel, kept, out)
	result.Limit, result.Took = opts.untilSize, time.Since(began)
	return errors.Join(err, r.out.Print(result), result.Err())
}

// planClean finds what --keep and --ci lead to, and plans what goes beside it.
func (r *run) planClean(ctx context.Context, h *home.Home, opts *cleanOptions, sel *usage.Selection, kept *project.Search, known evidence) (*usage.Plan, error) {
	err := kept.AddAll(ctx, r.sys.Dir, append(opts.keep, opts.ci...))
	if err != nil {
		return nil, err
	}
	if sel.Keep, err = r.needs(ctx, h, kept); err != nil {
		return nil, err
	}
	uses, err := r.evidenceFor(ctx, known, opts, sel)
	if err != nil {
		return nil, err
	}
	if sel.Keep != nil {
		r.out.Keeping(kept, sel.Keep)
	}
	sel.Now = time.Now()
	plan, err := usage.NewPlan(ctx, h, sel, uses)
	if err == nil {
		r.out.CleanPlan(plan, opts.untilSize != "")
	}
	return plan, err
}

func (r *run) executeClean(ctx context.Context, plan *usage.Plan, unlock func() error) (*usage.Outcome, error) {
	r.begin()
	opts := &usage.ExecuteOptions{Unlock: unlock}
	r.out.CleanProgress(plan, opts)
	defer r.out.StopProgress()
	out, err := plan.Execute(ctx, opts)
	if err == nil {
		r.out.Achieved("what could be removed is removed")
		r.out.Unrecorded(out.Record)
	}
	return out, err
}
