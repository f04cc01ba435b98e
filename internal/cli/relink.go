package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/compat"
	"cargohome/internal/home"
	"cargohome/internal/relink"
	"cargohome/internal/ui"
)

const relinkHelp = `Give what one cargo has fetched the names under which another looks for it.

Cargo 1.85 and newer call the folders of registries and repositories otherwise than
those before. What lies under the older names only is brought under the newer ones, so
that nothing is downloaded again: archives and objects of repositories by hard links,
which take no space, or by copies where links cannot be had; of indexes the entries
that are lacking; and the submodules that only a checkout has, as cargo before 1.94
left them. With --for 1.84 it is done the other way round.

An archive must have the checksum that an index has for it. Nothing that is there is
replaced. 'cargohome home' shows what lies under which names.`

const relinkExample = `  cargohome relink --dry-run
  cargohome relink
  cargohome relink --for 1.84`

// relinkOptions are the flags of relink.
type relinkOptions struct {
	cargo string
	lockFlags
}

func newRelink(r *run) *cobra.Command {
	opts := &relinkOptions{}
	cmd := &cobra.Command{
		Use:     "relink",
		Short:   "Give what one cargo fetched the names that another looks for",
		Long:    relinkHelp,
		Example: relinkExample,
		Args:    r.noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			generation, err := generationOf(opts.cargo)
			if err != nil {
				return usagef("%w", err)
			}
			return r.relink(cmd.Context(), opts, generation)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&opts.cargo, "for", "1.95", "have cargo `1.NN` find what others fetched")
	opts.register(cmd, "say what would be brought, and do nothing")
	return cmd
}

// lastOld is the last cargo that hashes sources by the older function, as N of 1.N (spec 2.4).
const lastOld = 84

func generationOf(cargo string) (home.Generation, error) {
	minor, err := compat.ParseVersion(cargo)
	switch {
	case err != nil:
		return home.UnknownGeneration, err
	case minor <= lastOld:
		return home.Old, nil
	}
	return home.Current, nil
}

// relink carries out the command.
func (r *run) relink(ctx context.Context, opts *relinkOptions, generation home.Generation) error {
	began := time.Now()
	h, cfg, err := r.openHomeLeniently()
	if err != nil {
		return err
	}
	defer h.Close()
	plan, unlock, err := planLocked(ctx, r, h, &opts.lockFlags, func() (*relink.Plan, error) {
		return relink.NewPlan(ctx, h, &relink.Options{For: generation, Known: configured(cfg), Jobs: r.flags.jobs})
	})
	if err != nil {
		return err
	}
	defer unlock()
	if !opts.dryRun {
		r.beginWriting(target{h.Dir(), nil})
		record, err := plan.Execute(ctx, &relink.ExecuteOptions{Done: r.out.Relinked, Leftover: r.out.Leftover})
		if err != nil {
			return &ui.PartialError{Err: err}
		}
		r.out.Achieved("what could be brought is in place")
		r.out.Unmarked(record)
	}
	result := ui.NewRelinked(h.Dir(), plan, generation, opts.dryRun)
	result.Took = time.Since(began)
	return errors.Join(r.out.Print(result), result.Err())
}
