package unpack

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"time"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/lastuse"
)

// Mark writes that all of the bundle was used now into Cargo's database of last uses, if
// the home has one: what is there already too, as it may have been unused for long. The
// caller holds Cargo's lock. Errors are those of [lastuse.Mark].
func (p *Plan) Mark(ctx context.Context) error {
	var used []lastuse.Use
	for i := range p.Units {
		u := &p.Units[i]
		use := lastuse.Use{Key: lastuse.Key{Folder: u.folder()}, Size: u.Bytes}
		switch u.Kind {
		case bundle.ArchiveEntry:
			use.Table, use.Name = lastuse.Archives, path.Base(u.Path)
		case bundle.SourceEntry:
			use.Table, use.Name = lastuse.Sources, path.Base(u.Path)
		case bundle.IndexEntry, bundle.IndexConfig, bundle.IndexRepository:
			use.Table = lastuse.Indexes
		case bundle.RepositoryEntry:
			use.Table = lastuse.Databases
		case bundle.CheckoutEntry:
			use.Table, use.Name = lastuse.Checkouts, path.Base(u.Path)
		default:
			continue
		}
		used = append(used, use)
	}
	return lastuse.Mark(ctx, p.home.Dir(), used, time.Now())
}

// Rebuild returns what the bundle has, and is to be made from the rest of it: archives that
// are to be unpacked, and checkouts.
func (p *Plan) Rebuild() (sources []crate.Spec, checkouts []gitsrc.CheckoutName) {
	for _, u := range p.Units {
		switch u.Kind {
		case bundle.SourceEntry:
			if id, err := home.ParseStem(path.Base(u.Path)); err == nil {
				sources = append(sources, crate.Spec{Name: id.Name, Version: id.Version})
			}
		case bundle.CheckoutEntry:
			checkouts = append(checkouts, gitsrc.CheckoutName{Name: u.folder(), Short: path.Base(u.Path)})
		}
	}
	return sources, checkouts
}

// StandIns counts the archives in whose place there is another, if that was asked for.
func (p *Plan) StandIns() (n int) {
	for i := range p.Units {
		if u := &p.Units[i]; u.entries[0].Content != nil && (u.Action == Added || u.Action == Replaced) {
			n++
		}
	}
	return n
}

// Archives returns the paths in the home of those of the bundle, all of which the index
// vouches for.
func (p *Plan) Archives() map[string]bool {
	paths := map[string]bool{}
	for _, u := range p.Units {
		if u.Kind == bundle.ArchiveEntry {
			paths[p.path(u.Path)] = true
		}
	}
	return paths
}

// Lockfiles returns the paths of those that were packed, in a home.
func (p *Plan) Lockfiles(home string) (paths []string) {
	for _, u := range p.Units {
		if u.Kind == bundle.LockfileEntry {
			paths = append(paths, filepath.Join(home, filepath.FromSlash(u.Path)))
		}
	}
	return paths
}

// LeftOut reports whether the bundle has no archive of a package, as nothing that it was
// packed for builds it.
func (p *Plan) LeftOut(id crate.ID) bool {
	_, found := slices.BinarySearch(p.leftOut, bundle.LeftOutName(id))
	return found
}

// LetGo forgets the units, so that what comes next has the memory. The plan is good for
// LeftOut alone then.
func (p *Plan) LetGo() { p.Units, p.manifest.Entries = nil, nil }
