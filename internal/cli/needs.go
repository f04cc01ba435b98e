package cli

import (
	"context"
	"path/filepath"

	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/project"
	"cargohome/internal/usage"
)

// needs finds out what lockfiles need. It returns nil if there are none, and no project
// that should have one.
func (r *run) needs(ctx context.Context, h *home.Home, search *project.Search) (*usage.Needs, error) {
	if len(search.Locks)+len(search.Unlocked) == 0 {
		return nil, nil
	}
	r.out.Unlocked(search.Unlocked)
	locks, err := usage.LocksOf(search.Locks, func(dir string) (*locate.Sources, error) { return r.sourcesIn(dir, h) })
	if err != nil {
		return nil, err
	}
	return usage.NewNeeds(ctx, h, locks)
}

// newSearch returns a search for lockfiles, which newer cargos have where the configuration
// of a folder says.
func (r *run) newSearch(h *home.Home) *project.Search {
	search := project.NewSearch(h)
	search.Configured = func(dir string) string {
		cfg, err := r.configIn(dir, h)
		if err != nil {
			return "" // which is told where the sources of its lockfile are asked for
		}
		path, _ := cfg.LockfilePath() // with a value that cargo does not take there is no such file
		return path
	}
	return search
}

// configIn is cargo's configuration in a folder.
func (r *run) configIn(dir string, h *home.Home) (*config.Config, error) {
	dir, err := filepath.EvalSymlinks(dir) // as cargo finds itself there
	if err != nil {
		return nil, err
	}
	return config.Load(config.Options{Cwd: dir, Home: h.Dir(), Environ: r.sys.Environ, Args: r.flags.config})
}

// sourcesIn says where cargo in a folder reads packages from.
func (r *run) sourcesIn(dir string, h *home.Home) (*locate.Sources, error) {
	cfg, err := r.configIn(dir, h)
	if err != nil {
		return nil, err
	}
	return r.sources(h, cfg, true)
}
