package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/home"
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
	locks, err := r.neededBy(search.Locks, h.Dir())
	if err != nil {
		return nil, err
	}
	return usage.NewNeeds(ctx, h, locks)
}

// neededBy says what lockfiles need, each by cargo's configuration for the folder that
// it lies in, and for those of members that have another: cargo goes by where it is run.
// A configuration that cannot be read could say anything.
func (r *run) neededBy(locks []project.Lock, cargoHome string) (needed []usage.Lock, err error) {
	var errs []error
	for _, l := range locks {
		lock, err := r.neededIn(filepath.Dir(l.Path), l, cargoHome)
		for _, dir := range l.Dirs {
			other, otherErr := r.neededIn(dir, l, cargoHome)
			lock.Replaced = append(lock.Replaced, without(other.Packages, lock.Packages)...)
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

// neededIn says what a lockfile needs where cargo is run in a folder.
func (r *run) neededIn(dir string, l project.Lock, cargoHome string) (usage.Lock, error) {
	sources, err := r.sourcesIn(dir, cargoHome)
	if err != nil {
		return usage.Lock{}, err
	}
	return inPlace(l.Name, l.IDs(), sources)
}

// without returns the packages of a list that are not in another.
func without(list, other []crate.ID) []crate.ID {
	in := map[crate.ID]bool{}
	for _, id := range other {
		in[id] = true
	}
	return slices.DeleteFunc(list, func(id crate.ID) bool { return in[id] })
}

// sourcesIn reads the [source] tables that hold for cargo in a folder.
func (r *run) sourcesIn(dir, cargoHome string) (*config.SourceMap, error) {
	dir, err := filepath.EvalSymlinks(dir) // as cargo finds itself there
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(config.Options{Cwd: dir, Home: cargoHome, Environ: r.sys.Environ, Args: r.flags.config})
	if err != nil {
		return nil, err
	}
	return cfg.Sources(true)
}

// inPlace says where packages are really read from, and keeps the sources that are
// replaced in mind.
func inPlace(name string, ids []crate.ID, sources *config.SourceMap) (usage.Lock, error) {
	lock := usage.Lock{Name: name}
	resolved := map[crate.SourceID]crate.SourceID{}
	for _, id := range ids {
		source, ok := resolved[id.Source]
		if !ok {
			var err error
			if source, err = sources.Resolve(id.Source); err != nil {
				return lock, fmt.Errorf("packages of %s: %w", id.Source.Display(), err)
			}
			resolved[id.Source] = source
		}
		if isSame(source, id.Source) {
			lock.Packages = append(lock.Packages, id)
			continue
		}
		lock.Packages = append(lock.Packages, crate.ID{Name: id.Name, Version: id.Version, Source: source})
		lock.Replaced = append(lock.Replaced, id)
	}
	return lock, nil
}

// isSame: crates.io has two protocols.
func isSame(a, b crate.SourceID) bool { return a == b || a.IsCratesIO() && b.IsCratesIO() }

func isReplaced(sources *config.SourceMap, id crate.SourceID) bool {
	source, err := sources.Resolve(id)
	return err == nil && !isSame(source, id)
}
