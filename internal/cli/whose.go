package cli

import (
	"context"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/lastuse"
	"cargohome/internal/ui"
	"cargohome/internal/whose"
)

const homeHelp = `Tell which cargos used the Cargo home, and which of its folders are whose.

Cargo 1.85 and newer call the folders of registries and repositories otherwise than
those before, and do not find what these have fetched. The hash in a name proves the
source it is of, where that is known: crates.io, what cargo's configuration names, what
repositories and indexes in git were fetched from, and sparse registries that offer
their archives below the address of their index.

Nothing is changed, and no lock is taken. 'cargohome relink' brings what is under one
name under the other, and 'cargohome clean --superseded' removes what is there twice.`

const homeExample = `  cargohome home
  cargohome home --format json`

func newHome(r *run) *cobra.Command {
	return &cobra.Command{
		Use:     "home",
		Short:   "Tell which cargos used the Cargo home, and whose its folders are",
		Long:    homeHelp,
		Example: homeExample,
		Args:    r.noWords,
		RunE:    func(cmd *cobra.Command, _ []string) error { return r.tellHome(cmd.Context()) },
	}
}

// tellHome carries out the command.
func (r *run) tellHome(ctx context.Context) error {
	h, cfg, err := r.openHomeLeniently()
	if err != nil {
		return err
	}
	defer h.Close()
	uses, err := r.orFiles(ctx, r.lastUses(ctx, h, &lastuse.Options{Patience: sizePatience}))
	if err != nil {
		return err
	}
	report, err := whose.Look(ctx, h, &whose.Options{Jobs: r.flags.jobs, Known: configured(cfg), Uses: uses})
	if err != nil {
		return err
	}
	return r.out.Print(ui.NewHomeTold(h.Dir(), report, uses))
}

// configured returns the sources that cargo's configuration names. What is wrong with it
// is left to cargo to complain of.
func configured(cfg *config.Config) (all []crate.SourceID) {
	if cfg == nil {
		return nil
	}
	for _, src := range cfg.Registries() {
		all = append(all, src)
	}
	if sources, err := cfg.Sources(true); err == nil {
		all = append(all, sources.Configured()...)
	}
	return all
}
