package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/project"
	"cargohome/internal/ui"
	"cargohome/internal/usage"
)

// needs finds out what lockfiles need. It returns nil if there are none, and no project
// that should have one.
func (r *run) needs(ctx context.Context, h *home.Home, search *project.Search) (*usage.Needs, error) {
	if len(search.Locks)+len(search.Unlocked) == 0 {
		return nil, nil
	}
	r.out.Unlocked(search.Unlocked)
	locks, err := r.neededBy(search.Locks, h)
	if err != nil {
		return nil, err
	}
	return usage.NewNeeds(ctx, h, locks)
}

// neededBy says what lockfiles need, each by cargo's configuration for the folder that
// it lies in, and for those of members that have another: cargo goes by where it is run.
// A configuration that cannot be read could say anything.
func (r *run) neededBy(locks []project.Lock, h *home.Home) (needed []usage.Lock, err error) {
	var errs []error
	for _, l := range locks {
		packages, err := r.placed(filepath.Dir(l.Path), l, h)
		lock := usage.Lock{Name: l.Name, Packages: packages}
		for _, dir := range l.Dirs {
			other, otherErr := r.placed(dir, l, h)
			lock.Elsewhere = append(lock.Elsewhere, without(other, packages)...)
			err = errors.Join(err, otherErr)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("what %s needs is not known: %w", l.Name, err))
		}
		needed = append(needed, lock)
	}
	if len(errs) > 0 {
		return nil, ui.WithHint(errors.Join(errs...), "mend the configuration, or name other lockfiles")
	}
	return needed, nil
}

// placed says where the packages of a lockfile are read from where cargo is run in a
// folder.
func (r *run) placed(dir string, l project.Lock, h *home.Home) ([]locate.Placed, error) {
	dir, err := filepath.EvalSymlinks(dir) // as cargo finds itself there
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(config.Options{Cwd: dir, Home: h.Dir(), Environ: r.sys.Environ, Args: r.flags.config})
	if err != nil {
		return nil, err
	}
	sources, err := r.sources(h, cfg, true)
	if err != nil {
		return nil, err
	}
	return sources.Place(l.IDs())
}

// without returns the packages of a list that are not in another.
func without(list, other []locate.Placed) []locate.Placed {
	in := map[locate.Placed]bool{}
	for _, p := range other {
		in[p] = true
	}
	return slices.DeleteFunc(list, func(p locate.Placed) bool { return in[p] })
}
