package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cargohome/internal/check"
	"cargohome/internal/filter"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
)

// selectionFlags say what is built, in the words of vendor's filters.
type selectionFlags struct {
	buildFlags
	targets, exclude []string
}

func (f *selectionFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var((*list)(&f.targets), "target", "what counts is what builds for `TARGET` need, a triple or with '*' in it; repeatable")
	flags.Var((*list)(&f.targets), "platform", "the same, as vendor has it: `TARGET`")
	f.buildFlags.register(cmd)
	flags.Var((*list)(&f.exclude), "exclude", "do not build the member `SPEC`; repeatable")
}

// selection is nil if none of the flags is there.
func (f *selectionFlags) selection(r *run) (*check.Selection, error) {
	if !f.given() && len(f.targets)+len(f.exclude) == 0 {
		return nil, nil
	}
	kinds, err := filter.ParseKinds(f.kinds)
	if err != nil {
		return nil, usagef("--keep-dep-kinds: %w", err)
	}
	all := len(f.packages) == 0 || f.whole
	s := &check.Selection{Kinds: kinds, Request: resolve.Request{
		Packages: f.packages, All: all, Exclude: f.exclude,
		Features: f.features, AllFeatures: f.allFeatures, NoDefaultFeatures: f.noDefaultFeatures,
	}}
	for _, text := range f.targets {
		found, err := platform.Find(text)
		if err != nil {
			return nil, err
		}
		s.Targets = append(s.Targets, found...)
	}
	slices.SortFunc(s.Targets, func(a, b *platform.Target) int { return strings.Compare(a.Name, b.Name) })
	s.Targets = slices.Compact(s.Targets)
	s.Flags = f.words(all)
	return s, nil
}

// words are the flags as cargo has them.
func (f *selectionFlags) words(all bool) string {
	var words []string
	if all {
		words = append(words, "--workspace")
	}
	for _, list := range []struct {
		flag   string
		values []string
	}{{"--package", f.packages}, {"--exclude", f.exclude}, {"--features", f.features}} {
		for _, value := range list.values {
			words = append(words, list.flag, value)
		}
	}
	if f.allFeatures {
		words = append(words, "--all-features")
	}
	if f.noDefaultFeatures {
		words = append(words, "--no-default-features")
	}
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ")
}
