package registry

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"

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
}

// lookup asks an index for versions of a few crates, whose files it keeps.
type lookup func(id crate.ID) (index.Entry, error)

// HomeStores returns those of a Cargo home, one for each folder of registry/cache. Which
// registry one is of is looked for among the sources known.
func HomeStores(h *home.Home, known []crate.SourceID) (stores []*Store) {
	for _, name := range h.Registries() {
		s := &Store{Dir: filepath.Join(h.Dir(), filepath.FromSlash(home.CachePath), name), Folder: name, archives: h.Cached(name)}
		s.Source = h.RegistryOf(name, known)
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

// LocalStore returns that of a local registry. Its index does not say which registry it
// stands in for.
func LocalStore(dir string, source crate.SourceID) *Store {
	return &Store{Dir: dir, Source: source, Folder: cratesIO, archives: home.ArchivesIn(dir), lookups: lookupsOf(index.Local(dir))}
}

// MirrorStores returns those of the mirror in dir. If it is the one that is being made,
// what was published there before holds.
func MirrorStores(dir string, r Record, own bool) (stores []*Store) {
	for _, reg := range r.Registries {
		at := filepath.Join(dir, reg.Name)
		stores = append(stores, &Store{
			Dir: at, Source: reg.Source, Folder: reg.Name, own: own,
			archives: r.Layout.archivesIn(at), lookups: lookupsOf(index.Files(filepath.Join(at, IndexFolder))),
		})
	}
	return stores
}

func lookupsOf(x *index.Index) func() lookup {
	return func() lookup {
		many := x.ForMany()
		return func(id crate.ID) (index.Entry, error) { return many.Lookup(id.Name, id.Version) }
	}
}

// held yields what may be held: archives that are called as such.
func (s *Store) held() iter.Seq2[home.Cached, error] {
	return func(yield func(home.Cached, error) bool) {
		for c, err := range s.archives {
			if err == nil && s.own {
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
	case bytes.ContainsAny(e.Line, "\n\r"):
		return e, errors.New("its index entry has line breaks, and is to be one line")
	}
	return e, e.CheckPublic()
}
