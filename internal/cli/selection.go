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
	targets, features, packages, exclude []string

	kinds                                     string
	allFeatures, noDefaultFeatures, workspace bool
}

func (f *selectionFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var((*list)(&f.targets), "target", "what counts is what builds for `TARGET` need, a triple or with '*' in it; repeatable")
	flags.Var((*list)(&f.targets), "platform", "the same, as vendor has it: `TARGET`")
	flags.VarP((*list)(&f.features), "features", "F", "build with `FEATURES`, separated by commas or spaces; repeatable")
	flags.BoolVar(&f.allFeatures, "all-features", false, "build with all features")
	flags.BoolVar(&f.noDefaultFeatures, "no-default-features", false, "build without the feature \"default\"")
	flags.StringVar(&f.kinds, "keep-dep-kinds", "", "follow dependencies of `KINDS` only: "+strings.Join(filter.KindWords(), ", "))
	flags.VarP((*list)(&f.packages), "package", "p", "build the member `SPEC` only; repeatable")
	flags.BoolVar(&f.workspace, "workspace", false, "build all members, as without -p")
	flags.Var((*list)(&f.exclude), "exclude", "do not build the member `SPEC`; repeatable")
	_ = cmd.RegisterFlagCompletionFunc("keep-dep-kinds", cobra.FixedCompletions(filter.KindWords(), cobra.ShellCompDirectiveNoFileComp))
}

// selection is nil if none of the flags is there.
func (f *selectionFlags) selection(r *run) (*check.Selection, error) {
	given := f.kinds != "" || f.allFeatures || f.noDefaultFeatures || f.workspace
	if !given && len(f.targets)+len(f.features)+len(f.packages)+len(f.exclude) == 0 {
		return nil, nil
	}
	kinds, err := filter.ParseKinds(f.kinds)
	if err != nil {
		return nil, usagef("--keep-dep-kinds: %w", err)
	}
	all := len(f.packages) == 0 || f.workspace
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
