package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/reextract"
)

const reextractHelp = `Rebuild registry/src from the archives in registry/cache.

Without flags everything in the cache is unpacked; with a project or lockfiles what
they need, and with names what is named. Cargo takes what is unpacked as its own
work: 'cargo build --offline' finds nothing to unpack and rebuilds nothing. Sources
that are in order are left alone; those that Cargo would not use as they are, such as
half-unpacked ones, are replaced in one step.

Each archive must have the checksum that the lockfile, or else the index, has for it.
One that is refused is named, and does not stop the others.`

const reextractExample = `  cargohome reextract
  cargohome reextract serde syn@2.0.100
  cargohome reextract --lockfile-path Cargo.lock
  cargohome reextract --dry-run --format json`

// reextractOptions are the flags of reextract.
type reextractOptions struct {
	projectFlags
	lockFlags
	specs []crate.Spec
	force bool
}

func newReextract(r *run) *cobra.Command {
	opts := &reextractOptions{}
	cmd := &cobra.Command{
		Use:     "reextract [NAME[@VERSION]]...",
		Short:   "Rebuild registry/src from registry/cache",
		Long:    reextractHelp + "\n\n" + exitHelp,
		Example: reextractExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, arg := range args {
				spec, err := crate.ParseSpec(arg)
				if err != nil {
					return &usageError{fmt.Errorf("package %q: %w", arg, err), cmd.CommandPath()}
				}
				opts.specs = append(opts.specs, spec)
			}
			return r.reextract(cmd.Context(), opts)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	opts.projectFlags.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&opts.force, "force", "f", false, "replace sources that are in order too")
	opts.lockFlags.register(cmd, "say what would be done, and do nothing")
	return cmd
}

// reextract carries out the command.
func (r *run) reextract(ctx context.Context, opts *reextractOptions) error {
	began := time.Now()
	job, err := r.newReextractJob(opts)
	if err != nil {
		return err
	}
	defer job.home.Close()
	plan, unlock, err := planLocked(ctx, r, job.home, &opts.lockFlags, job.plan)
	if err != nil {
		return err
	}
	defer unlock()
	r.warnReextract(job, plan)
	if err := unmatched(opts.specs, plan); err != nil {
		return err
	}
	if opts.dryRun {
		return r.reportReextract(job, plan, nil, time.Since(began))
	}
	results, err := r.unpackSources(ctx, plan)
	if err != nil {
		return err
	}
	r.out.done = "the sources are unpacked"
	return errors.Join(r.reportReextract(job, plan, results, time.Since(began)), failures(results))
}

// reextractJob is one run of reextract.
type reextractJob struct {
	opts    *reextractOptions
	home    *home.Home
	cfg     *config.Config // nil, as is project, if everything is meant
	project *projects
}

func (r *run) newReextractJob(opts *reextractOptions) (job *reextractJob, err error) {
	job = &reextractJob{opts: opts}
	everything := opts.manifestPath == "" && len(opts.lockfiles) == 0 && len(opts.sync) == 0
	if everything {
		job.home, _, err = r.openHomeOnly()
	} else {
		job.home, job.cfg, err = r.openKnownHome()
	}
	if err == nil {
		err = job.home.CheckReadable(home.CachePath)
	}
	if err == nil && !everything {
		job.project, err = r.findProject(&opts.projectFlags, job.home)
	}
	return job, err
}

func (j *reextractJob) plan() (*reextract.Plan, error) {
	if j.project == nil {
		return reextract.Everything(j.home, j.opts.specs, j.opts.force), nil
	}
	sources, err := j.cfg.Sources(true)
	if err != nil {
		return nil, err
	}
	var packages []reextract.Package
	for _, p := range j.project.locked() {
		packages = append(packages, reextract.Package{ID: p.ID, Checksum: p.Checksum})
	}
	resolve := func(id crate.SourceID) (reextract.Registry, crate.SourceID, error) {
		source, err := sources.Resolve(id)
		switch {
		case err != nil:
			return nil, source, err
		case source.Kind() == crate.LocalRegistry:
			return home.NewLocalRegistry(source.LocalPath()), source, nil
		case source.IsRegistry():
			return j.home, source, nil
		}
		return nil, source, nil
	}
	return reextract.Locked(j.home, packages, resolve, j.opts.specs, j.opts.force)
}

// warnReextract says what the plan could not count in.
func (r *run) warnReextract(job *reextractJob, plan *reextract.Plan) {
	if job.cfg != nil {
		r.warn(job.cfg)
	}
	for _, err := range plan.Strange {
		r.out.warning(fmt.Sprintf("passed over: %v", err))
	}
	if len(plan.Missing) > 0 {
		text := fmt.Sprintf("the cargo home has no archive of %s; a build that needs one will fail", plural(len(plan.Missing), "package", "packages"))
		for _, id := range plan.Missing {
			text += "\n  " + id.String()
		}
		r.out.warning(text)
	}
}

// unmatched is an error if a package that was named has no archive.
func unmatched(specs []crate.Spec, plan *reextract.Plan) error {
	var errs []error
	for _, s := range specs {
		found := false
		for _, item := range plan.Items {
			found = found || s.Matches(item.ID)
		}
		if !found {
			errs = append(errs, fmt.Errorf("there is no archive of %s to unpack", s))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	if len(plan.Strange) > 0 {
		return withHint(errors.Join(errs...), "see what was passed over above")
	}
	return withHint(errors.Join(errs...), "look for the name in registry/cache of the cargo home, or run `cargo fetch` where there is a network")
}

func (r *run) unpackSources(ctx context.Context, plan *reextract.Plan) ([]reextract.Result, error) {
	var total int64
	for _, item := range plan.ToUnpack() {
		total += item.Archive.Size
	}
	r.out.startProgress("Unpacking", total)
	defer r.out.stopProgress()
	r.begin()
	results, err := plan.Unpack(ctx, reextract.Options{
		Jobs:     r.flags.jobs,
		Leftover: r.leftover,
		Done: func(res reextract.Result) {
			if res.Err == nil {
				r.out.detail("Unpacking", "%s to %s", res.Item.ID, res.Item.Dir)
			}
			r.out.advance(res.Item.Archive.Size)
		},
	})
	if err != nil {
		return nil, &partialError{err}
	}
	return results, nil
}

// failures puts what went wrong into one error, in order of the packages.
func failures(results []reextract.Result) error {
	failed := slices.DeleteFunc(slices.Clone(results), func(res reextract.Result) bool { return res.Err == nil })
	if len(failed) == 0 {
		return nil
	}
	slices.SortStableFunc(failed, func(a, b reextract.Result) int { return a.Item.ID.Compare(b.Item.ID) })
	list := &listError{head: plural(len(failed), "archive was", "archives were") + " not unpacked; all others are in place"}
	for _, res := range failed {
		list.add(res.Err)
	}
	if !slices.ContainsFunc(failed, func(res reextract.Result) bool { return damaged(res.Err) }) {
		return list
	}
	return withHint(list, "delete archives that are damaged and run `cargo fetch --locked` where there is a network")
}

// damaged reports whether an archive has not the bytes it should have, so that another
// copy of it would do.
func damaged(err error) bool {
	_, other := errors.AsType[*crate.ChecksumError](err)
	return other || errors.Is(err, archive.ErrMalformed)
}
