package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/platform"
	"cargohome/internal/ui"
)

const targetsHelp = `List the targets that dependencies can be meant for, as rustc knows them, with the
tier of the Rust project's support and what there is for each: "host" if rustc and cargo
run on it, "std" if there is a standard library for it. PATTERN is a triple, or has '*',
'?' and '[…]' in it; several list what any of them means.

No rustc is asked: the table is a part of this program.`

const targetsExample = `  cargohome targets
  cargohome targets '*-linux-gnu' --tier 2
  cargohome targets --cfg aarch64-apple-darwin`

// targetsOptions are the flags of targets.
type targetsOptions struct {
	tier int
	cfg  bool
}

func newTargets(r *run) *cobra.Command {
	opts := &targetsOptions{}
	cmd := &cobra.Command{
		Use:     "targets [PATTERN]...",
		Short:   "List the targets that dependencies can be meant for",
		Long:    targetsHelp,
		Example: targetsExample,
		RunE: func(cmd *cobra.Command, patterns []string) error {
			if err := opts.check(); err != nil {
				return usagef("%w", err)
			}
			return r.targets(patterns, opts)
		},
		ValidArgsFunction: completeTargets,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&opts.tier, "tier", 3, "only those of tier `N` or better: 1, 2 or 3")
	flags.BoolVar(&opts.cfg, "cfg", false, "show what holds on each, as 'rustc --print cfg' does; JSON always has it")
	return cmd
}

func (o *targetsOptions) check() error {
	if o.tier < 1 || 3 < o.tier {
		return fmt.Errorf("--tier is %d; it may be 1, 2 or 3", o.tier)
	}
	return nil
}

// targets carries out the command, for which neither home nor configuration counts.
func (r *run) targets(patterns []string, opts *targetsOptions) error {
	if err := r.configure(config.Term{}); err != nil {
		return err
	}
	if len(patterns) == 0 {
		patterns = []string{"*"}
	}
	found := map[string]bool{}
	for _, p := range patterns {
		targets, err := platform.Find(p)
		if err != nil {
			return typed(err)
		}
		for _, t := range targets {
			found[t.Name] = true
		}
	}
	targets := platform.Targets(func(t *platform.Target) bool { return found[t.Name] && t.Tier <= opts.tier })
	if len(targets) == 0 {
		return fmt.Errorf("none of these targets is of tier %d or better", opts.tier)
	}
	return r.out.Print(&ui.Targets{Rustc: platform.Rustc(), Targets: targets, Cfgs: opts.cfg})
}
