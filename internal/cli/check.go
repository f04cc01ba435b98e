package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/check"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/filter"
	"cargohome/internal/home"
	"cargohome/internal/ui"
)

const checkHelp = `Find out whether 'cargo build --offline --frozen', 'cargo metadata' and 'cargo fetch'
would find everything: the lockfile in step with the manifests, index lines, archives,
repositories with their submodules, vendor folders, and cargo's configuration. All that
is missing is told at once, with the reason, the commands that fail because of it, and
what to do. Nothing is changed, and no lock is taken.

What counts is what cargo 1.95 would see from the current folder: it looks for each thing
in one place. Without flags that select something everything counts, for all platforms;
of each package that lacks something JSON says which commands get it. Archives are hashed
where cargo has to unpack them, or where they were changed after it did; 'cargohome
verify' looks at every byte.`

const checkExample = `  cargohome check
  cargohome check --manifest-path app/Cargo.toml
  cargohome check --vendor ./vendor --portable --git
  cargohome check --target x86_64-pc-windows-gnu --no-default-features
  cargohome check --cargo 1.84 --format json`

// checkOptions are the flags of check.
type checkOptions struct {
	manifestPath string
	lockfiles    []string

	vendor, registry, cargo string
	portable, git           bool
	compat                  ruleFlag

	filter filterFlags
}

func newCheck(r *run) *cobra.Command {
	opts := &checkOptions{}
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Find out what cargo would not find offline",
		Long:    checkHelp + "\n\n" + checkCodes(),
		Example: checkExample,
		Args:    r.noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.check(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.manifestPath, "manifest-path", "", "read `PATH`, the Cargo.toml of the project or of a member")
	flags.Var((*list)(&opts.lockfiles), "lockfile-path", "read `LOCK` in place of the project's Cargo.lock; repeatable, needs no manifest")
	flags.StringVar(&opts.vendor, "vendor", "", "all is to come from the vendor folder `DIR`, and the configuration is to say so")
	flags.StringVar(&opts.registry, "registry", "", "packages of registries are to come from the local registry `DIR`, likewise")
	flags.StringVar(&opts.cargo, "cargo", "", "what counts is what cargo `VERSION` would do, such as 1.84")
	opts.compat.register(flags, "whether vendor folders are such as")
	flags.BoolVar(&opts.portable, "portable", false, "whether vendor folders can be carried to Windows and macOS")
	flags.BoolVar(&opts.git, "git", false, "whether the git work tree around a vendor folder takes it in, and gives it back, as it is")
	opts.filter.registerBuilt(r, cmd, "what counts is what builds need for")
	flags.Var((*list)(&opts.filter.platforms), "target", "the same as --platform `TARGET`, as cargo calls it")
	_ = cmd.RegisterFlagCompletionFunc("target", completeTargets)
	return cmd
}

// checkCodes is the table of findings.
func checkCodes() string {
	var b strings.Builder
	b.WriteString("What is found has one of these codes:\n\n")
	for _, c := range check.Codes {
		fmt.Fprintf(&b, "  %-21s  %s\n", c.Code, c.Text)
	}
	return b.String()
}

// check carries out the command.
func (r *run) check(ctx context.Context, opts *checkOptions) error {
	began := time.Now()
	dir, err := r.cargoHome()
	if err != nil {
		return err
	}
	h := home.New(dir)
	defer h.Close()
	if err := checkUnlessMissing(h); err != nil {
		return err
	}
	o := &check.Options{Jobs: r.flags.jobs, Dir: r.sys.Dir, Lockfiles: r.paths(opts.lockfiles), Home: h}
	if opts.manifestPath != "" {
		o.Manifest = r.path(opts.manifestPath)
	}
	if err := r.refine(o, opts); err != nil {
		return err
	}
	f, err := opts.filter.builtOnly(r)
	if err != nil {
		return err
	}
	report, err := r.runCheck(ctx, o, f)
	if err != nil {
		return typed(err)
	}
	result := ui.NewChecked(r.sys.Dir, dir, report)
	result.Took = time.Since(began)
	return r.printChecked(result)
}

// refine adds what the flags ask for besides the project.
func (r *run) refine(o *check.Options, opts *checkOptions) (err error) {
	if opts.vendor != "" && opts.registry != "" {
		return usagef("--vendor and --registry exclude each other")
	}
	if opts.vendor != "" {
		o.Vendor = r.path(opts.vendor)
	}
	if opts.registry != "" {
		o.Registry = r.path(opts.registry)
	}
	if opts.cargo != "" {
		if o.Cargo, err = compat.ParseVersion(opts.cargo); err != nil {
			return usagef("--cargo: %w", err)
		}
	}
	if opts.compat.Rule != (compat.Rule{}) {
		o.Made = &opts.compat.Rule
	}
	o.Portable, o.Git = opts.portable, opts.git
	return nil
}

// runCheck reads cargo's configuration; if that cannot be read, nothing else tells what
// cargo would do. What counts is what a filter has built, or if that is nil everything.
func (r *run) runCheck(ctx context.Context, o *check.Options, f *filter.Filter) (*check.Report, error) {
	o.Arguments, o.NamedHome = r.flags.config, r.flags.cargoHome != ""
	cfg, err := r.loadConfig(o.Home.Dir())
	if _, ok := errors.AsType[*usageError](err); ok {
		return nil, err
	}
	if err != nil {
		return check.Misconfigured(ctx, o, err), r.configure(config.Term{})
	}
	r.warn(cfg)
	o.Config, o.Manifests = cfg, r.manifests(cfg)
	if f != nil {
		if o.Selection, err = r.selection(f, cfg); err != nil {
			return nil, err
		}
	}
	report, err := check.Run(ctx, o)
	if err == nil {
		for _, note := range report.Notes {
			r.out.Warning(note)
		}
	}
	return report, err
}
