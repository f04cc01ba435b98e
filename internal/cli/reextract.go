package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/project"
	"cargohome/internal/reextract"
	"cargohome/internal/ui"
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
	rebuildFlags
	specs []crate.Spec
}

func newReextract(r *run) *cobra.Command {
	opts := &reextractOptions{}
	cmd := &cobra.Command{
		Use:     "reextract [NAME[@VERSION]]...",
		Short:   "Rebuild registry/src from registry/cache",
		Long:    reextractHelp,
		Example: reextractExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, arg := range args {
				spec, err := crate.ParseSpec(arg)
				if err != nil {
					return usagef("%q: %w", arg, err)
				}
				opts.specs = append(opts.specs, spec)
			}
			return r.reextract(cmd.Context(), opts)
		},
		ValidArgsFunction: r.completeLocked,
	}
	opts.register(cmd, "sources")
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
	plan, unlock, err := planLocked(ctx, r, job.home, &opts.lockFlags, func() (*reextract.Plan, error) { return r.planReextract(ctx, job) })
	if err != nil {
		return err
	}
	defer unlock()
	if job.cfg != nil {
		r.warn(job.cfg)
	}
	r.out.UnpackPlan(plan)
	if err := unmatched(opts.specs, plan); err != nil {
		return err
	}
	var results []reextract.Result
	if !opts.dryRun {
		if results, err = r.unpackSources(ctx, job.home.Dir(), plan); err != nil {
			return err
		}
		r.out.Achieved("the sources are unpacked")
	}
	result := ui.NewUnpacked(plan, results, opts.dryRun)
	result.Took = time.Since(began)
	return errors.Join(r.out.Print(result), result.Err())
}

// reextractJob is one run of reextract.
type reextractJob struct {
	opts    *reextractOptions
	home    *home.Home
	cfg     *config.Config // nil, as is project, if everything is meant
	project *project.Project
}

func (r *run) newReextractJob(opts *reextractOptions) (job *reextractJob, err error) {
	job = &reextractJob{opts: opts}
	everything := !opts.projectFlags.given()
	if everything {
		job.home, _, err = r.openHomeLeniently()
	} else {
		job.home, job.cfg, err = r.openKnownHome()
	}
	if err == nil {
		err = job.home.CheckReadable(home.CachePath)
	}
	if err == nil && !everything {
		job.project, err = r.findProject(&opts.projectFlags, job.home, job.cfg, compat.Rule{})
	}
	return job, err
}

func (r *run) planReextract(ctx context.Context, job *reextractJob) (*reextract.Plan, error) {
	if job.project == nil {
		return reextract.Everything(ctx, job.home, job.opts.specs, job.opts.force)
	}
	sources, err := r.sources(job.home, job.cfg, true)
	if err != nil {
		return nil, err
	}
	return reextract.Locked(ctx, sources, job.project.Locked(), job.opts.specs, job.opts.force)
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
		return ui.WithHint(errors.Join(errs...), "see what was passed over above")
	}
	return ui.WithHint(errors.Join(errs...), "look for the name in registry/cache of the cargo home, or run `cargo fetch` where there is a network")
}

func (r *run) unpackSources(ctx context.Context, home string, plan *reextract.Plan) ([]reextract.Result, error) {
	done := r.out.UnpackProgress(plan)
	defer r.out.StopProgress()
	r.beginWriting(target{home, plan.Needs})
	results, err := plan.Unpack(ctx, reextract.Options{Jobs: r.flags.jobs, Leftover: r.out.Leftover, Done: done})
	if err != nil {
		return nil, &ui.PartialError{Err: err}
	}
	return results, nil
}
