package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/filter"
	"cargohome/internal/locate"
	"cargohome/internal/platform"
	"cargohome/internal/project"
	"cargohome/internal/ui"
	"cargohome/vendoring"
)

const filterHelp = `What is not needed may be left out. With --platform, --tier, the flags for features,
-p, --keep-dep-kinds and the like, a package that is not built for any of that becomes a
stub: its manifest and empty files, by which cargo finds what it looks for. Files go with
--exclude-crate-path and --exclude. Without any of these flags,
[package.metadata.vendor-filter] of the manifest says the same, or
[workspace.metadata.vendor-filter], in the words of cargo-vendor-filterer. All members
of the workspace are built unless -p or --exclude say otherwise.

--exclude takes words and members: tests, examples, benches, docs and prebuilt are files
of all packages that builds do not need (what code includes stays), everything else is a
member of the workspace that is not built. One that is called like that is NAME@VERSION.`

// buildFlags say what of a workspace is built.
type buildFlags struct {
	features, packages []string

	kinds                                 string
	allFeatures, noDefaultFeatures, whole bool
}

func (f *buildFlags) register(r *run, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarP((*list)(&f.features), "features", "F", "build with `FEATURES`, separated by commas or spaces; repeatable")
	flags.BoolVar(&f.allFeatures, "all-features", false, "build with all features")
	flags.BoolVar(&f.noDefaultFeatures, "no-default-features", false, "build without the feature \"default\"")
	flags.StringVar(&f.kinds, "keep-dep-kinds", "", "follow dependencies of `KINDS` only: "+strings.Join(filter.KindWords(), ", "))
	flags.VarP((*list)(&f.packages), "package", "p", "build the member `SPEC` only; repeatable")
	flags.BoolVar(&f.whole, "workspace", false, "build all members, as without -p")
	_ = cmd.RegisterFlagCompletionFunc("package", r.completeMembers)
	_ = cmd.RegisterFlagCompletionFunc("keep-dep-kinds", cobra.FixedCompletions(filter.KindWords(), cobra.ShellCompDirectiveNoFileComp))
}

// given reports whether any of them is there.
func (f *buildFlags) given() bool {
	return len(f.features) > 0 || len(f.packages) > 0 || f.kinds != "" || f.allFeatures || f.noDefaultFeatures || f.whole
}

// filterFlags say what is left out.
type filterFlags struct {
	buildFlags
	platforms, hosts, cfgs, exclude, excludePaths []string

	tier string
}

func (f *filterFlags) register(r *run, cmd *cobra.Command) {
	f.registerBuilt(r, cmd, "leave out what is not for")
	cmd.Flags().Lookup("exclude").Usage = "do not build the member `SPEC`; or leave out files: " + strings.Join(filter.Presets(), ", ") + "; repeatable, or with commas"
	_ = cmd.RegisterFlagCompletionFunc("exclude", cobra.FixedCompletions(filter.Presets(), cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().Var((*list)(&f.excludePaths), "exclude-crate-path", "leave out of a package what `CRATE#PATH` matches, *#PATH for all; repeatable")
}

// registerBuilt registers those that say what is built; what becomes of what is for a target,
// or is not, the command says.
func (f *filterFlags) registerBuilt(r *run, cmd *cobra.Command, what string) {
	flags := cmd.Flags()
	flags.Var((*list)(&f.platforms), "platform", what+" `TARGET`, a triple or with '*' in it, or a target's JSON file; repeatable")
	flags.StringVar(&f.tier, "tier", "", what+" targets of tier `N` or better: 1 or 2")
	flags.Var((*list)(&f.hosts), "host", "build scripts and procedural macros run on `TRIPLE`; repeatable (default: this machine)")
	flags.Var((*list)(&f.cfgs), "cfg", "on every target `SPEC` holds too, as for rustc; repeatable")
	f.buildFlags.register(r, cmd)
	flags.Var((*list)(&f.exclude), "exclude", "do not build the member `SPEC`; repeatable, or with commas")
	_ = cmd.RegisterFlagCompletionFunc("platform", completeTargets)
	_ = cmd.RegisterFlagCompletionFunc("host", completeTargets)
	_ = cmd.RegisterFlagCompletionFunc("tier", cobra.FixedCompletions([]string{"1", "2"}, cobra.ShellCompDirectiveNoFileComp))
}

// given reports whether any of them is there.
func (f *filterFlags) given() bool { return f.wish() || len(f.hosts) > 0 }

// wish reports whether any of them says what is left out, in place of the manifest.
func (f *filterFlags) wish() bool {
	lists := [][]string{f.platforms, f.cfgs, f.exclude, f.excludePaths}
	return f.buildFlags.given() || f.tier != "" || slices.ContainsFunc(lists, func(list []string) bool { return len(list) > 0 })
}

// filter returns what the flags ask for.
func (f *filterFlags) filter(r *run) (*filter.Filter, error) {
	out := &filter.Filter{
		Hosts: f.hosts, Cfgs: f.cfgs, Features: f.features, AllFeatures: f.allFeatures, NoDefaultFeatures: f.noDefaultFeatures,
		Kinds: f.kinds, Packages: f.packages, All: f.whole,
	}
	for _, p := range f.platforms {
		if filter.IsSpec(p) {
			p = r.path(p)
			if _, err := os.Stat(p); err != nil {
				return nil, missing("description of a target", err)
			}
		}
		out.Platforms = append(out.Platforms, p)
	}
	if _, err := filter.ParseKinds(f.kinds); err != nil {
		return nil, usagef("--keep-dep-kinds: %w", err)
	}
	if f.tier != "" {
		tier, err := filter.ParseTier(f.tier)
		if err != nil {
			return nil, usagef("--tier: %w", err)
		}
		out.Tier = tier
	}
	if err := f.checkTargets(out); err != nil {
		return nil, err
	}
	return out, f.exclusions(out)
}

// builtOnly is filter for commands that have no files to leave out. It is nil if none of the
// flags is there.
func (f *filterFlags) builtOnly(r *run) (*filter.Filter, error) {
	if !f.given() {
		return nil, nil
	}
	out, err := f.filter(r)
	if err == nil && len(out.Exclude) > 0 {
		err = usagef("--exclude %s leaves out files, for which there is vendor: a member that is called so is %[1]s@VERSION", out.Exclude[0].Text)
	}
	return out, err
}

// checkTargets makes sure that what is about targets has some, and is such.
func (f *filterFlags) checkTargets(of *filter.Filter) error {
	switch {
	case of.HasTargets():
	case len(f.cfgs) > 0:
		return usagef("--cfg is about targets: say for which with --platform")
	case len(of.Hosts) > 0:
		return usagef("--host is about targets: say for which with --platform")
	}
	for _, text := range of.Hosts {
		if _, err := platform.Find(text); err != nil {
			return usagef("--host: %w", err)
		}
	}
	for _, text := range f.cfgs {
		if _, err := platform.ParseCfg(text); err != nil {
			return usagef("--cfg: %w", err)
		}
	}
	return nil
}

// exclusions adds what is not wanted.
func (f *filterFlags) exclusions(to *filter.Filter) error {
	for _, text := range f.excludePaths {
		e, err := filter.ParseExclusion(text)
		if err != nil {
			return usagef("%w", err)
		}
		to.Exclude = append(to.Exclude, e)
	}
	for _, text := range f.exclude {
		for word := range strings.SplitSeq(text, ",") {
			if word == "" {
				return usagef("--exclude %q: a word is lacking where the comma is", text)
			}
			if preset, ok := filter.Preset(word); ok {
				to.Exclude = append(to.Exclude, preset)
				continue
			}
			to.Without = append(to.Without, word)
		}
	}
	if len(to.Without) > 0 && len(to.Packages) > 0 && !to.All {
		return usagef("--exclude is about all members, and -p names some: leave one out")
	}
	return nil
}

// vendorFilter is the filter of a run.
type vendorFilter struct {
	*filter.Filter
	choice     *filter.Choice         // nil if all packages are kept
	exclusions []*vendoring.Exclusion // the paths of each, one after the other
	of         []int                  // which exclusion of the filter each is of
}

// newFilter returns what flags or the manifest ask for; nil if they ask for nothing.
func (r *run) newFilter(job *vendorJob) (*vendorFilter, error) {
	flags := &job.opts.filter
	if flags.wish() {
		f, err := flags.filter(r)
		if err != nil {
			return nil, err
		}
		return newVendorFilter(f), nil
	}
	f, err := r.metadataFilter(job)
	if err != nil || f == nil && len(flags.hosts) == 0 {
		return nil, err
	}
	if f == nil {
		f = &filter.Filter{}
	}
	f.Hosts = flags.hosts
	return newVendorFilter(f), flags.checkTargets(f)
}

// metadataFilter returns what the manifest asks for, nil if that is nothing.
func (r *run) metadataFilter(job *vendorJob) (*filter.Filter, error) {
	last := job.project.Locks[len(job.project.Locks)-1] // the project's own, those of --sync being first
	if last.Workspace == nil {
		return nil, nil
	}
	table, err := last.Workspace.Metadata(filter.Key)
	if table == nil || err != nil {
		return nil, err
	}
	f, unknown, err := filter.FromMetadata(table)
	if err != nil {
		return nil, err
	}
	for _, key := range unknown {
		r.out.Warning(fmt.Sprintf("unknown key %s in metadata.%s", key, filter.Key))
	}
	return f, nil
}

func newVendorFilter(f *filter.Filter) *vendorFilter {
	v := &vendorFilter{Filter: f}
	for i, e := range f.Exclude {
		for _, p := range e.Paths {
			v.exclusions = append(v.exclusions, &vendoring.Exclusion{Text: e.Text, Path: p, Yields: e.Yields(), Preset: e.Preset()})
			v.of = append(v.of, i)
		}
	}
	return v
}

// filterSteps has steps filtered.
func (r *run) filterSteps(ctx context.Context, job *vendorJob, sources *locate.Sources, found []locate.Package, steps []vendoring.Step) error {
	f := job.filter
	if f.Narrows() {
		if err := r.chooseSteps(ctx, job, sources, found, steps); err != nil {
			return err
		}
	}
	for i := range steps {
		if out := f.filterOf(&steps[i]); out.Stub || len(out.Exclude) > 0 {
			steps[i].Leave(out)
		}
	}
	return nil
}

// chooseSteps works out which packages are built. If that fails and archives are damaged,
// it may have come of them.
func (r *run) chooseSteps(ctx context.Context, job *vendorJob, sources *locate.Sources, found []locate.Package, steps []vendoring.Step) (err error) {
	about := &filterJob{flags: &job.opts.filter, project: job.project, cfg: job.cfg, sources: sources, procMacro: job.cache.ProcMacros(steps)}
	if job.opts.dryRun {
		about.unpacked = vendoring.NewUnpacked(job.home.Dir()).Manifest
	}
	job.filter.choice, err = r.choose(ctx, job.filter.Filter, about, found)
	if err != nil {
		if gaps := locate.Damaged(ctx, r.flags.jobs, found); len(gaps) > 0 {
			err = &vendoring.GapsError{Gaps: gaps}
		}
		return err
	}
	for i := range steps {
		if is, ok := job.filter.choice.ProcMacro(steps[i].ID); ok {
			steps[i].NoteProcMacro(is)
		}
	}
	return nil
}

// filterOf says what of a package does not come into its folder.
func (f *vendorFilter) filterOf(s *vendoring.Step) (out vendoring.Filter) {
	if f.choice != nil && !f.choice.Of(s.ID).Kept {
		return vendoring.Filter{Stub: true}
	}
	for n, e := range f.exclusions {
		if f.Exclude[f.of[n]].Matches(s.ID, s.Folder) {
			out.Exclude = append(out.Exclude, e)
		}
	}
	return out
}

// filterJob is what a filter is about.
type filterJob struct {
	flags   *filterFlags
	project *project.Project
	cfg     *config.Config
	sources *locate.Sources
	gets    bool // what Cargo gets before it builds is asked for

	procMacro func(*locate.Package) (is, known bool) // what is remembered; may be nil

	unpacked func(p *locate.Package, buf []byte) (text []byte, ok bool) // manifests outside archives; may be nil
}

// choose works out which packages are built.
func (r *run) choose(ctx context.Context, f *filter.Filter, job *filterJob, found []locate.Package) (*filter.Choice, error) {
	var projects []filter.Project
	for _, lock := range job.project.Locks {
		p := filter.Project{Name: lock.Name, Lock: lock.Lockfile, Workspace: lock.Workspace, Found: found}
		if len(job.project.Locks) > 1 { // they may have packages of one repository at different commits
			var err error
			if p.Found, err = locate.Find(ctx, r.flags.jobs, lock.Packages, job.sources); err != nil {
				return nil, err
			}
		}
		projects = append(projects, p)
	}
	choice, err := filter.Choose(ctx, f, projects, filter.Options{
		Jobs: r.flags.jobs, Registry: job.cfg.Registry, Rustflags: r.rustflags(job.cfg), ProcMacro: job.procMacro, Unpacked: job.unpacked, Reasons: r.out.Details(), Gets: job.gets,
	})
	if err != nil && job.flags.wish() {
		err = typed(err)
	}
	if err != nil {
		return nil, err
	}
	for _, spec := range choice.Unused {
		text := fmt.Sprintf("--exclude %s excludes no member of the workspace", spec)
		if near := filter.NearestPreset(spec); near != "" {
			text += fmt.Sprintf(": for files of packages write %s", near)
		}
		r.out.Warning(text)
	}
	return choice, nil
}

// rustflags are those of the environment and the configuration.
func (r *run) rustflags(cfg *config.Config) filter.Rustflags {
	return func(triple string, on func(string) bool) ([]string, error) {
		return cfg.Rustflags(r.sys.lookupEnv, triple, on)
	}
}

// warnUnused tells of exclusions that matched nothing. Those of presets need not.
func (r *run) warnUnused(f *vendorFilter) {
	for _, e := range f.exclusions {
		if !e.Used() && !e.Preset {
			r.out.Warning(fmt.Sprintf("the exclusion %s matches nothing", e.Text))
		}
	}
}

// tellFilter adds to a result what was left out, or would be.
func (r *run) tellFilter(ctx context.Context, job *vendorJob, result *ui.Vendored, results []vendoring.Result) (err error) {
	left := make([]vendoring.Left, len(results))
	for i := range results {
		left[i] = results[i].Left
	}
	if results == nil {
		if left, err = job.plan.Measure(ctx, r.flags.jobs); err != nil {
			return err
		}
	}
	r.warnUnused(job.filter)
	r.out.Spared(left)
	result.AddFilter(job.plan, job.filter.choice, left)
	return nil
}
