package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// Store is a place that has archives of one registry, and the index that lists them. It is
// safe for concurrent use.
type Store struct {
	Dir    string         // that the archives are in, for people
	Source crate.SourceID // of the registry; zero if it is not known
	Folder string         // what the registry is called there

	own      bool // of the mirror that is being made
	archives iter.Seq2[home.Cached, error]
	lookups  func() lookup
	fetch    func(ctx context.Context, sum crate.Checksum) (path string, err error) // an archive that is elsewhere; nil for files

	// For a [Live]: where the archives are, whether in a folder for each crate, and which
	// files of the index the answers for a crate depend on.
	shelf   string
	folders bool
	packed  *Packed // that have the archives; nil if they are there
	entries func(path string) []string
}

// lookup asks an index for versions of a few crates, whose files it keeps.
type lookup func(id crate.ID) (index.Entry, error)

// HomeStores returns those of a Cargo home, one for each folder of registry/cache. Which
// registry one is of is looked for among the sources known.
func HomeStores(h *home.Home, known []crate.SourceID) (stores []*Store) {
	for _, name := range h.Registries() {
		s := &Store{Dir: filepath.Join(h.Dir(), filepath.FromSlash(home.CachePath), name), Folder: name, archives: h.Cached(name)}
		s.Source = h.RegistryOf(name, known)
		s.shelf, s.entries = s.Dir, s.cacheFiles(h)
		s.lookups = func() lookup {
			in := h.LookupsIn(name)
			return func(id crate.ID) (index.Entry, error) {
				if e, err := in(id); err == nil || s.Source == (crate.SourceID{}) {
					return e, err
				}
				id.Source = s.Source
				return h.Lookup(id)
			}
		}
		stores = append(stores, s)
	}
	return stores
}

// cacheFiles returns the function that returns the files in which a home has what Cargo knows
// of a crate, whether or not they are there.
func (s *Store) cacheFiles(h *home.Home) func(path string) []string {
	names := sync.OnceValue(func() []string {
		names := []string{s.Folder}
		if s.Source != (crate.SourceID{}) {
			names = append(names, h.IndexNames(s.Source)...)
		}
		slices.Sort(names)
		return slices.Compact(names)
	})
	return func(path string) (files []string) {
		for _, name := range names() {
			files = append(files, filepath.Join(h.Dir(), filepath.FromSlash(home.IndexPath), name, ".cache", filepath.FromSlash(path)))
		}
		return files
	}
}

// LocalStore returns that of a local registry. Its index does not say which registry it
// stands in for.
func LocalStore(dir string, source crate.SourceID) *Store {
	x := index.Local(dir)
	return &Store{
		Dir: dir, Source: source, Folder: cratesIO, archives: home.ArchivesIn(dir), lookups: lookupsOf(x), shelf: dir, entries: entryFile(x),
	}
}

// MirrorStores returns those of the mirror in dir. If it is the one that is being made,
// what was published there before holds.
func MirrorStores(dir string, r Record, own bool) (stores []*Store) {
	for _, reg := range r.Registries {
		at := filepath.Join(dir, reg.Name)
		x := index.Files(filepath.Join(at, IndexFolder))
		s := &Store{
			Dir: at, Source: reg.Source, Folder: reg.Name, own: own,
			archives: r.Layout.archivesIn(at), lookups: lookupsOf(x), shelf: at, entries: entryFile(x),
		}
		if r.Layout == Sparse {
			s.shelf, s.folders = filepath.Join(at, namesFolder), true
		}
		stores = append(stores, s)
	}
	return stores
}

// entryFile returns the function that returns the one file in which an index has a crate.
func entryFile(x *index.Index) func(path string) []string {
	return func(path string) []string { return []string{filepath.Join(x.Dir(), filepath.FromSlash(path))} }
}

func lookupsOf(x *index.Index) func() lookup {
	return func() lookup {
		many := x.ForMany()
		return func(id crate.ID) (index.Entry, error) { return many.Lookup(id.Name, id.Version) }
	}
}

// IDs yields what may be held, without the source.
func (s *Store) IDs() iter.Seq[crate.ID] {
	return func(yield func(crate.ID) bool) {
		for c, err := range s.held() {
			if err == nil && !yield(c.ID) {
				return
			}
		}
	}
}

// held yields what may be held: archives that are called as such.
func (s *Store) held() iter.Seq2[home.Cached, error] {
	return func(yield func(home.Cached, error) bool) {
		for c, err := range s.archives {
			if err == nil && s.own && s.fetch == nil {
				err = isPlain(c.Path)
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// isPlain: what leads out of a mirror is none of it.
func isPlain(path string) error {
	e, err := fsx.Lstat(path)
	if err == nil && !e.Mode.IsRegular() {
		err = &fs.PathError{Op: "read", Path: path, Err: fsx.ErrNotRegular}
	}
	return err
}

// lookups are those of some stores that were asked so far.
type lookups map[*Store]lookup

// entry looks up what the index of a store says of a package, as far as it is of use in
// another one.
func (l lookups) entry(s *Store, id crate.ID) (index.Entry, error) {
	if l[s] == nil {
		l[s] = s.lookups()
	}
	id.Source = crate.SourceID{}
	e, err := l[s](id)
	switch {
	case err != nil:
		return e, err
	case e.Checksum == (crate.Checksum{}):
		return e, fmt.Errorf("its index entry has no checksum, but %q", e.ChecksumText)
	case strings.ContainsAny(e.Line, "\n\r"):
		return e, errors.New("its index entry has line breaks, and is to be one line")
	}
	return e, e.CheckPublic()
}
