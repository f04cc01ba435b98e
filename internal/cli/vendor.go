package cli

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/project"
	"cargohome/internal/ui"
	"cargohome/vendoring"
)

const vendorHelp = `Make the folder that 'cargo vendor' makes, from Cargo.lock and the Cargo home alone.

The folder is ./vendor unless DIR says otherwise. Every package that the lockfile
names from a registry or from git is put into it, for all platforms and features; what
is there already and proven unchanged is left alone, and what no lockfile names is
removed. A folder that holds other things than vendored packages is refused, unless
--force is given; one that has to do with the Cargo home is always refused. What
'vendor rehash' recorded as patched is kept, and where that cannot be it is refused,
unless --force is given. The configuration that makes cargo use the folder is printed
on stdout.

The archives and repositories must be in the Cargo home. Each archive is checked against
the checksums in the lockfile and in the index before anything is put in place; everything that
is missing or damaged is reported in one go, and then nothing is changed.`

const vendorExample = `  cargohome vendor ./vendor
  cargohome vendor --write-config
  cargohome vendor --lockfile-path a/Cargo.lock --lockfile-path b/Cargo.lock out
  cargohome vendor --dry-run --format json`

// vendorOptions are the flags of vendor.
type vendorOptions struct {
	projectFlags
	destination   string // as typed
	noDelete      bool
	force         bool
	versionedDirs bool
	respectConfig bool
	writeConfig   bool
	noStatCache   bool
	dryRun        bool
	compat        ruleFlag
	compatible    bool
	tar           tarFlags
	filter        filterFlags
}

// filterer is what users of cargo-vendor-filterer call the command.
const filterer = "vendor-filterer"

func newVendor(r *run) *cobra.Command {
	opts := &vendorOptions{destination: "vendor"}
	cmd := &cobra.Command{
		Use:     "vendor [DIR]",
		Aliases: []string{filterer},
		Short:   "Make the folder 'cargo vendor' makes, from the lockfile and the home alone",
		Long:    vendorHelp + "\n\n" + filterHelp,
		Example: vendorExample,
		Args:    words(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				opts.destination, opts.tar.asFolder = args[0], true
			}
			return r.vendor(cmd.Context(), opts)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	opts.projectFlags.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&opts.noDelete, "no-delete", false, "keep what is in the folder and no lockfile names")
	flags.BoolVarP(&opts.force, "force", "f", false, "take a folder that is not a vendor folder, and delete what is in it; drop patches on record")
	flags.BoolVar(&opts.versionedDirs, "versioned-dirs", false, "name every folder NAME-VERSION")
	flags.BoolVar(&opts.respectConfig, "respect-source-config", false, "obey [source] replacement in cargo's configuration")
	flags.BoolVar(&opts.writeConfig, "write-config", false, "put the configuration into the project's .cargo/config.toml")
	flags.BoolVar(&opts.noStatCache, "no-stat-cache", false, "read every file to see whether it is unchanged, and remember nothing")
	opts.compat.register(flags, "make what")
	flags.BoolVar(&opts.compatible, "keep-compatible", false, "leave folders as they are that any cargo since 1.70 would make")
	flags.BoolVarP(&opts.dryRun, "dry-run", "n", false, "say what would be done, and do nothing")
	opts.registerTar(r, cmd)
	opts.filter.register(r, cmd)
	cmd.AddCommand(newRehash(r))
	return cmd
}

// vendor carries out the command.
func (r *run) vendor(ctx context.Context, opts *vendorOptions) error {
	if opts.destination == "" {
		return usagef("the folder to vendor into has an empty name")
	}
	began := time.Now()
	tar, err := r.newTarJob(opts)
	if err != nil {
		return err
	}
	job, err := r.newVendorJob(opts)
	if err != nil {
		return err
	}
	defer job.home.Close()
	unlock, err := job.home.Lock(ctx, reading(opts.dryRun), r.lockOptions())
	if err != nil {
		return err
	}
	defer unlock()
	if tar != nil {
		return r.vendorTar(ctx, job, tar, began)
	}
	release, err := r.lockDestination(ctx, opts.destination)
	if err != nil {
		return err
	}
	defer release()
	if err := r.planVendor(ctx, job); err != nil {
		return err
	}
	if !opts.dryRun {
		r.beginWriting(target{r.path(opts.destination), job.plan.Needs})
	}
	if err := r.checkNameable(job); err != nil {
		return err
	}
	change, err := r.planVendorConfig(ctx, job)
	if err != nil {
		return err
	}
	defer change.Discard()
	var results []vendoring.Result
	if !opts.dryRun {
		if results, err = r.writeVendor(ctx, job, change.Commit); err != nil {
			return err
		}
		r.reportConfig(change)
		r.out.Achieved("the vendor folder is made")
	}
	result := ui.NewVendored(job.plan, results)
	result.Destination, result.DryRun, result.Configured = opts.destination, opts.dryRun, opts.writeConfig
	result.Config = ui.TOML(config.Print(job.folders(opts.destination)...))
	return r.printVendored(ctx, job, result, results, began)
}

// printVendored prints what came of it all.
func (r *run) printVendored(ctx context.Context, job *vendorJob, result *ui.Vendored, results []vendoring.Result, began time.Time) error {
	if job.opts.dryRun {
		patched, err := job.plan.Patched(ctx, r.flags.jobs)
		if err != nil {
			return err
		}
		result.AddPatched(patched)
	}
	if job.filter != nil {
		if err := r.tellFilter(ctx, job, result, results); err != nil {
			return err
		}
	}
	result.Took = time.Since(began)
	return r.out.Print(result)
}

// lockDestination keeps other runs from vendoring into the same folder.
func (r *run) lockDestination(ctx context.Context, destination string) (release func() error, err error) {
	return r.lockFolder(ctx, "vendors into", destination)
}

// vendorJob is one run of vendor, planned.
type vendorJob struct {
	opts    *vendorOptions
	cfg     *config.Config
	project *project.Project
	home    *home.Home
	cache   *vendoring.StatCache // nil for none
	filter  *vendorFilter        // nil for none
	plan    *vendoring.Plan
	groups  []vendoring.Group
}

// newVendorJob reads the configuration, the manifests and the lockfiles.
func (r *run) newVendorJob(opts *vendorOptions) (*vendorJob, error) {
	h, cfg, err := r.openHomeToRead()
	if err != nil {
		return nil, err
	}
	project, err := r.findProject(&opts.projectFlags, h, cfg, opts.compat.Rule)
	if err != nil {
		return nil, err
	}
	job := &vendorJob{opts: opts, cfg: cfg, project: project, home: h}
	job.filter, err = r.newFilter(job)
	return job, err
}

// planVendor finds what is needed, and compares it with what is there.
func (r *run) planVendor(ctx context.Context, job *vendorJob) error {
	steps, err := r.vendorSteps(ctx, job)
	if err != nil {
		return err
	}
	job.plan, err = vendoring.NewPlan(steps, vendoring.Target{
		Dest:        r.path(job.opts.destination),
		Outside:     job.project.Own,
		Home:        job.home.Dir(),
		Keep:        job.project.Packages,
		NoDelete:    job.opts.noDelete,
		KeepSources: !job.project.HasWorkspace,
		Force:       job.opts.force,
		Compatible:  job.opts.compatible,
	})
	return err
}

// vendorSteps finds the packages, and what their folders will hold.
func (r *run) vendorSteps(ctx context.Context, job *vendorJob) ([]vendoring.Step, error) {
	if err := r.checkLocks(job.project.Locks); err != nil {
		return nil, err
	}
	arranged, err := vendoring.Arrange(job.project.Locked(), job.opts.versionedDirs)
	if err != nil {
		return nil, err
	}
	for _, w := range arranged.Warnings {
		r.out.Warning(w)
	}
	arranged.Rule = job.opts.compat.Rule
	job.groups = arranged.Groups
	sources, err := r.sources(job.home, job.cfg, job.opts.respectConfig)
	r.warn(job.cfg) // what reading the sources warned of included
	if err != nil {
		return nil, err
	}
	return r.findSteps(ctx, job, arranged, sources)
}

func (r *run) findSteps(ctx context.Context, job *vendorJob, arranged *vendoring.Arrangement, sources *locate.Sources) ([]vendoring.Step, error) {
	if !job.opts.noStatCache && !job.opts.tar.wanted() { // a tar needs what folders hold
		job.cache = vendoring.OpenStatCache(arranged.Rule, job.home.Dir(), r.path(job.opts.destination), sources.Manifests())
	}
	if job.filter == nil { // or somebody has to look what they hold
		sources.Known = job.cache.Known(arranged)
	}
	found, err := locate.Find(ctx, r.flags.jobs, arranged.Packages, sources)
	if err != nil {
		return nil, err
	}
	steps, err := vendoring.NewSteps(ctx, r.flags.jobs, arranged, found, job.cache)
	if err == nil && job.filter != nil {
		err = r.filterSteps(ctx, job, sources, found, steps)
	}
	if gaps, ok := errors.AsType[*vendoring.GapsError](err); ok {
		r.noteHome(job.home)
		err = r.explainGaps(job, gaps)
	}
	if err != nil {
		return nil, err
	}
	r.remark(append(locate.Notes(found), job.groupNotes()...), steps)
	return steps, nil
}

// stubsNeed is what to do where archives are lacking, and there is a filter.
const stubsNeed = "stubs are made of archives too: run `cargo fetch --locked` where there is a network, for the same cargo home; if that comes of a bundle packed with --platform or the like, `cargo build` and `cargohome mirror` do with what is there, and for `cargohome vendor` it has to be packed without"

// explainGaps says what to do where cargo would fetch what is missing from elsewhere, or not
// at all, and where it may have been left out on purpose.
func (r *run) explainGaps(job *vendorJob, gaps *vendoring.GapsError) error {
	isThere := func(gap locate.Gap) bool { return !gap.Absent() }
	switch {
	case r.areElsewhere(job, gaps.Gaps):
		return ui.WithHint(gaps, "cargo's configuration has something else in place of their source, so `cargo fetch` does not bring them: --respect-source-config reads them from there")
	case job.filter != nil && job.filter.Narrows() && !slices.ContainsFunc(gaps.Gaps, isThere):
		return ui.WithHint(gaps, stubsNeed)
	}
	return gaps
}

// areElsewhere reports whether cargo would read some of what is missing from elsewhere.
func (r *run) areElsewhere(job *vendorJob, gaps locate.Gaps) bool {
	sources, err := r.sources(job.home, job.cfg, true)
	return err == nil && !job.opts.respectConfig && slices.ContainsFunc(gaps, func(gap locate.Gap) bool {
		return gap.Absent() && sources.Replaces(gap.ID.Source)
	})
}

func (r *run) writeVendor(ctx context.Context, job *vendorJob, last func() error) ([]vendoring.Result, error) {
	write := vendoring.WriteOptions{
		Jobs: r.flags.jobs, Last: last, Leftover: r.out.Leftover, StatCache: job.cache,
		Observe: r.out.VendorProgress(job.plan, job.opts.destination),
	}
	defer r.out.StopProgress()
	return job.plan.Write(ctx, write)
}
