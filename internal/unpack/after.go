package unpack

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"
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
func (p *Plan) Rebuild() (sources []home.Cached, checkouts []gitsrc.CheckoutName) {
	for i := range p.Units {
		switch u := &p.Units[i]; {
		case u.Action != Rebuilt:
		case u.Kind == bundle.SourceEntry:
			sources = append(sources, p.archiveOf(u))
		case u.Kind == bundle.CheckoutEntry:
			checkouts = append(checkouts, gitsrc.CheckoutName{Name: u.folder(), Short: path.Base(u.Path)})
		}
	}
	return sources, checkouts
}

// archiveOf is what a source is unpacked of, which the bundle lists.
func (p *Plan) archiveOf(u *Unit) home.Cached {
	e := p.manifest.Find(archivePath(u))
	id, _ := home.ParseStem(path.Base(u.Path)) // which each source of a bundle is called by
	return home.Cached{ID: id, Archive: home.Archive{Path: p.path(e.Path), Size: e.Size, Registry: u.folder(), Trusted: true}}
}

func archivePath(source *Unit) string {
	return path.Join(home.CachePath, source.folder(), path.Base(source.Path)+".crate")
}

// Bytes returns how many bytes are put into the home, or are merged with what it has.
func (p *Plan) Bytes() (bytes int64) {
	for i := range p.Units {
		if u := &p.Units[i]; u.Action != Kept && u.Action != Rebuilt {
			bytes += u.Bytes
		}
	}
	return bytes
}

// checkMade refuses what Rebuild would say is to be made of what the bundle does not list.
func (w *writing) checkMade() error {
	for i := range w.Units {
		if u := &w.Units[i]; !w.canMake(u) {
			return w.refuse(u, u.Path, errors.New("the bundle lists nothing that it is made of"))
		}
	}
	return nil
}

// canMake reports whether the bundle lists the archive of a source, or the repository of a work
// tree with the commit.
func (w *writing) canMake(u *Unit) bool {
	switch u.Kind {
	case bundle.SourceEntry:
		return w.manifest.Find(archivePath(u)) != nil
	case bundle.CheckoutEntry:
		commits, short := w.commits[u.folder()], path.Base(u.Path) // they are sorted
		at, _ := slices.BinarySearch(commits, short)
		return at < len(commits) && strings.HasPrefix(commits[at], short) && w.manifest.Find(path.Join(home.DBPath, u.folder(), "HEAD")) != nil
	}
	return true
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
