package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/lastuse"
	"cargohome/internal/usage"
)

const sizeHelp = `Show what takes the space in the Cargo home: installed binaries; of each registry
the index, the archives and the sources; repositories and their checkouts; what cargo
has built there; and what is not Cargo's.

Bytes are those that 'du' counts: apparent ones, and those allocated on the disk. A
file with several names is counted once. Nothing is changed, and no lock is taken.`

const sizeExample = `  cargohome size
  cargohome size --top 10 --why ~/src
  cargohome size --by crate --format json
  cargohome size --fail-over 5GB`

// sizeOptions are the flags of size.
type sizeOptions struct {
	top      int
	by       string
	why      []string
	failOver string

	limit int64 // of failOver; -1 for none
}

func newSize(r *run) *cobra.Command {
	opts := &sizeOptions{}
	cmd := &cobra.Command{
		Use:     "size",
		Short:   "Show what takes the space in the Cargo home",
		Long:    sizeHelp + "\n\n" + exitHelp,
		Example: sizeExample,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := opts.check(); err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return r.size(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&opts.top, "top", 0, "also list the `N` largest crates, versions and repositories")
	flags.StringVar(&opts.by, "by", "", "list by `WHAT`: registry, crate, version or repository; with --top, the largest")
	flags.StringArrayVar(&opts.why, "why", nil, "say what `LOCK` needs, a lockfile or a folder with projects; repeatable")
	flags.StringVar(&opts.failOver, "fail-over", "", "end with status 3 if more than `SIZE` is allocated, such as 5GB")
	_ = cmd.RegisterFlagCompletionFunc("by", cobra.FixedCompletions([]string{"registry", "crate", "version", "repository"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *sizeOptions) check() (err error) {
	o.limit = -1
	switch {
	case o.top < 0:
		return fmt.Errorf("--top is %d; it may not be negative", o.top)
	case o.by != "" && !slices.Contains(usage.Groupings, usage.Grouping(o.by)):
		return fmt.Errorf("--by is %q; it may be registry, crate, version or repository", o.by)
	case o.failOver != "":
		o.limit, err = usage.ParseSize(o.failOver)
	}
	if len(o.why) > 0 && o.by == "" && o.top == 0 {
		o.top = 10
	}
	return err
}

// sizePatience is how long cargo's database is waited for: where nothing is decided, the
// times of files will do.
const sizePatience = 2 * time.Second

// size carries out the command.
func (r *run) size(ctx context.Context, opts *sizeOptions) error {
	h, cfg, err := r.openHomeOnly()
	if err != nil {
		return err
	}
	defer h.Close()
	measure := &usage.MeasureOptions{Jobs: r.flags.jobs, Builds: buildRoots(cfg, h.Dir()), By: usage.Grouping(opts.by), Top: opts.top}
	search, err := r.search(ctx, h, opts.why)
	if err != nil {
		return err
	}
	if measure.Needs, err = r.needs(ctx, h, search); err != nil {
		return err
	}
	if opts.by != "" || opts.top > 0 {
		if measure.Uses, err = r.orFiles(ctx, r.lastUses(ctx, h, &lastuse.Options{Patience: sizePatience})); err != nil {
			return err
		}
	}
	report, err := usage.Measure(ctx, h.Dir(), measure)
	if err != nil {
		return err
	}
	r.warnProblems(report.Problems, report.Unseen)
	if err := r.reportSize(h.Dir(), opts, report); err != nil {
		return err
	}
	return opts.judge(report)
}

// buildRoots returns where cargo's configuration says to build, if that is in the home. A
// setting that cannot be read is left to cargo to complain of.
func buildRoots(cfg *config.Config, cargoHome string) []string {
	if cfg == nil {
		return nil
	}
	root, err := cfg.BuildRoot(cargoHome)
	if err != nil || root == "" {
		return nil
	}
	rel, err := filepath.Rel(cargoHome, root)
	if err != nil || !filepath.IsLocal(rel) {
		return nil
	}
	return []string{filepath.ToSlash(rel)}
}

// shownProblems is how many are listed; there may be as many as files.
const shownProblems = 20

func (r *run) warnProblems(problems []usage.Problem, all int) {
	for i, p := range problems {
		if i == shownProblems {
			r.out.warning(fmt.Sprintf("%d more could not be looked at", all-i))
			return
		}
		r.out.warning(fmt.Sprintf("not looked at as a whole: %q: %v", p.Path, p.Err))
	}
}

// judge applies --fail-over.
func (o *sizeOptions) judge(report *usage.Report) error {
	if o.limit < 0 || report.Total.Allocated <= o.limit {
		return nil
	}
	text := fmt.Sprintf("the cargo home takes %s on the disk, more than %s", size(report.Total.Allocated), o.failOver)
	return withHint(&foundError{errors.New(text)}, "run `cargohome clean --auto -n` to see what can be given back without a network")
}
