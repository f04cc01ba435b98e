package cli

import (
	"github.com/spf13/cobra"

	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/project"
)

// projectFlags say which lockfiles a command works for.
type projectFlags struct {
	manifestPath string
	lockfiles    []string
	sync         []string
}

func (f *projectFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.manifestPath, "manifest-path", "", "read `PATH`, the Cargo.toml of the project or of a member")
	flags.Var((*list)(&f.lockfiles), "lockfile-path", "read `LOCK` in place of the project's Cargo.lock; repeatable, needs no manifest")
	flags.VarP((*list)(&f.sync), "sync", "s", "also take the workspace of the Cargo.toml `TOML`; repeatable")
}

// given reports whether any of them is there.
func (f *projectFlags) given() bool {
	return f.manifestPath != "" || len(f.lockfiles) > 0 || len(f.sync) > 0
}

// findProject finds what the flags lead to, and reads it. The rule says which lockfile of
// two counts.
func (r *run) findProject(f *projectFlags, h *home.Home, cfg *config.Config, rule compat.Rule) (*project.Project, error) {
	opts := &project.Options{Dir: r.sys.Dir, Lockfiles: r.paths(f.lockfiles), Sync: r.paths(f.sync), Home: h, Rule: rule, Warn: r.out.Warning, Note: r.out.Note}
	var err error
	if opts.Configured, err = cfg.LockfilePath(); err != nil && rule.Has(compat.LockPath) {
		return nil, err
	}
	if f.manifestPath != "" {
		opts.Manifest = r.path(f.manifestPath)
	}
	return project.Find(opts)
}

func (r *run) paths(paths []string) []string {
	abs := make([]string, len(paths))
	for i, path := range paths {
		abs[i] = r.path(path)
	}
	return abs
}
