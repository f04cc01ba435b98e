package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/lastuse"
	"cargohome/internal/ui"
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
		Long:    sizeHelp,
		Example: sizeExample,
		Args:    r.noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := opts.check(); err != nil {
				return usagef("%w", err)
			}
			return r.size(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&opts.top, "top", 0, "also list the `N` largest crates, versions and repositories")
	flags.StringVar(&opts.by, "by", "", "list by `WHAT`: registry, crate, version or repository; with --top, the largest")
	flags.Var((*list)(&opts.why), "why", "say what `LOCK` needs, a lockfile or a folder with projects; repeatable")
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
	h, cfg, err := r.openHomeLeniently()
	if err != nil {
		return err
	}
	defer h.Close()
	measure := &usage.MeasureOptions{Jobs: r.flags.jobs, Builds: buildRoots(cfg, h.Dir()), By: usage.Grouping(opts.by), Top: opts.top}
	search := r.newSearch(h)
	if err := search.AddAll(ctx, r.sys.Dir, opts.why); err != nil {
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
	sizes := ui.NewSizes(h.Dir(), opts.by, report)
	sizes.Why = len(opts.why) > 0
	if err := r.out.Print(sizes); err != nil {
		return err
	}
	if opts.limit < 0 {
		return nil
	}
	if err := sizes.Over(opts.limit, opts.failOver); err != nil {
		return &foundError{err}
	}
	return nil
}

// buildRoots returns where cargo's configuration says to build, if that is in the home. A
// setting that cannot be read is left to cargo to complain of.
func buildRoots(cfg *config.Config, cargoHome string) []string {
	if cfg == nil {
		return nil
	}
	root, err := cfg.BuildRoot(cargoHome, "")
	if err != nil || root == "" {
		return nil
	}
	rel, err := filepath.Rel(cargoHome, root)
	if err != nil || !filepath.IsLocal(rel) {
		return nil
	}
	return []string{filepath.ToSlash(rel)}
}
