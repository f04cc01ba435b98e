package registry

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"iter"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
)

// Stores returns what the mirror has, as it was refreshed last. If it is the one that is
// being made, archives of it are not read: they were when they were put there, and have
// their checksum for a name since.
func (r *Remote) Stores(own bool) (stores []*Store) {
	for _, reg := range r.record.Registries {
		at := filepath.Join(r.Dir, reg.Name, IndexFolder)
		stores = append(stores, &Store{
			Dir: r.Store.String() + "/" + reg.Name, Source: reg.Source, Folder: reg.Name, own: own,
			archives: r.listed(reg.Name), lookups: lookupsOf(index.Files(at)),
			fetch: func(ctx context.Context, sum crate.Checksum) (string, error) { return r.Fetch(ctx, reg.Name, sum) },
		})
	}
	return stores
}

// listed yields the archives of a registry that its index lists.
func (r *Remote) listed(registry string) iter.Seq2[home.Cached, error] {
	return func(yield func(home.Cached, error) bool) {
		for _, name := range r.IndexOf(registry) {
			text, _, err := r.Copied(name)
			if err != nil {
				yield(home.Cached{Archive: home.Archive{Path: r.Store.String() + "/" + name}}, err)
				return
			}
			for _, e := range EntriesOf(text) {
				if c, err := r.archive(registry, &e); !yield(c, err) {
					return
				}
			}
		}
	}
}

// IndexOf returns the names of the objects of a registry's index that are entry files.
func (r *Remote) IndexOf(registry string) (names []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.tags {
		if _, is := crateOf(registry, name); is {
			names = append(names, name)
		}
	}
	return names
}

// crateOf returns the crate, in lower case, of which an object is the entry file.
func crateOf(registry, name string) (crate string, is bool) {
	path, is := strings.CutPrefix(name, registry+"/"+IndexFolder+"/")
	crate, isEntry := entryFileOf(path)
	return crate, is && isEntry
}

// entryFileOf returns the crate of which the entry file is at a path below an index, both in
// lower case.
func entryFileOf(path string) (crate string, is bool) {
	crate = path[strings.LastIndexByte(path, '/')+1:]
	at, err := index.Path(crate)
	return crate, err == nil && at == path
}

// EntriesOf returns the entries of an entry file, without lines that cargo could not read.
func EntriesOf(text []byte) (entries []index.Entry) {
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		if e, err := index.ParseEntry(line); err == nil {
			entries = append(entries, e)
		}
	}
	return entries
}

// archive is the archive that a line is about.
func (r *Remote) archive(registry string, e *index.Entry) (c home.Cached, err error) {
	c.Path = r.Store.String() + "/" + registry + "/" + Objects.Archives(crate.ID{}, e.Checksum)[0]
	if c.ID, err = crate.NewID(e.Name, e.Version, crate.SourceID{}); err != nil {
		return home.Cached{Archive: c.Archive}, errors.Join(home.ErrNotArchive, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	size, ok := r.sizes[registry][e.Checksum]
	if !ok {
		return c, fs.ErrNotExist
	}
	c.Size, c.Trusted = size, true
	return c, nil
}

// Unlisted returns the names of the objects of a registry that its index does not need, as
// it was refreshed last: archives that no line is about, and entry files without a line.
func (r *Remote) Unlisted(registry string) (names []string, err error) {
	listed := map[crate.Checksum]bool{}
	for _, name := range r.IndexOf(registry) {
		text, _, err := r.Copied(name)
		if err != nil {
			return nil, err
		}
		entries := EntriesOf(text)
		for _, e := range entries {
			listed[e.Checksum] = true
		}
		if len(entries) == 0 {
			names = append(names, name)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for sum := range r.sizes[registry] {
		if !listed[sum] {
			names = append(names, registry+"/"+Objects.Archives(crate.ID{}, sum)[0])
		}
	}
	return names, nil
}
