package home

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/index"
)

// Registries returns the names of the folders of registry/cache, in order.
func (h *Home) Registries() []string { return h.cacheNames() }

// SourceDir is where Cargo unpacks a package of the registry whose folders have
// that name.
func (h *Home) SourceDir(registry string, id crate.ID) string {
	return filepath.Join(h.dir, SrcPath, registry, id.Stem())
}

// SourcesDir is the folder of all unpacked archives.
func (h *Home) SourcesDir() string { return filepath.Join(h.dir, SrcPath) }

// Cached is an archive that was found by its name. What registry its folder belongs to
// is not known, so the ID has no source.
type Cached struct {
	ID crate.ID // without a source
	Archive
}

// Cached yields the archives in a folder of registry/cache, in order of their
// file names. An error is about one of them, of which then only the Path is sure,
// and the loop goes on; it matches [ErrNotArchive] for what is not called as an
// archive is.
func (h *Home) Cached(registry string) iter.Seq2[Cached, error] {
	return cachedIn(h.cacheDir(registry), registry)
}

// ArchivesIn is [Home.Cached] for any folder, as that of a local registry.
func ArchivesIn(dir string) iter.Seq2[Cached, error] { return cachedIn(dir, "") }

func cachedIn(dir, registry string) iter.Seq2[Cached, error] {
	return func(yield func(Cached, error) bool) {
		entries, err := os.ReadDir(dir)
		if err != nil && !yield(Cached{Archive: Archive{Path: dir, Registry: registry}}, err) {
			return
		}
		for _, e := range entries {
			c := Cached{Archive: Archive{Path: filepath.Join(dir, e.Name()), Registry: registry, Trusted: true}}
			if c.ID, err = ParseArchive(e.Name()); err == nil {
				c.Size, err = sizeOfArchive(c.Path)
			}
			if !errors.Is(err, fs.ErrNotExist) && !yield(c, err) {
				return
			}
		}
	}
}

// ErrNotArchive is matched by the error for a name that no archive has.
var ErrNotArchive = errors.New("not the name of an archive")

// ParseArchive reads NAME-VERSION.crate, the name of a file. The ID has no source. The error
// matches [ErrNotArchive].
//
// The name of a package has no dot and a version begins with digits and a dot, so there is
// one way to part them.
func ParseArchive(file string) (crate.ID, error) {
	stem, isCrate := strings.CutSuffix(file, ".crate")
	dot := strings.IndexByte(stem, '.')
	hyphen := strings.LastIndexByte(stem[:max(dot, 0)], '-')
	if !isCrate || hyphen < 0 {
		return crate.ID{}, ErrNotArchive
	}
	id, err := crate.NewID(stem[:hyphen], stem[hyphen+1:], crate.SourceID{})
	if err != nil {
		return crate.ID{}, fmt.Errorf("%w: %w", ErrNotArchive, err)
	}
	return id, nil
}

// LookupIn returns the index entry of a package from the index whose folder has
// the name of its archive's, or if there is none and the name is one of crates.io's,
// from any of its indexes. Errors are as those of [Home.Lookup].
func (h *Home) LookupIn(registry string, id crate.ID) (index.Entry, error) {
	return h.lookupIn(h.index(registry, index.Git), registry, id)
}

// LookupsIn returns a function that is [Home.LookupIn] for many versions of a few crates:
// each file is read once, and kept as long as the function.
func (h *Home) LookupsIn(registry string) func(id crate.ID) (index.Entry, error) {
	x := h.index(registry, index.Git).ForMany()
	return func(id crate.ID) (index.Entry, error) { return h.lookupIn(x, registry, id) }
}

// lookupIn: an index in git does with cache files alone, too.
func (h *Home) lookupIn(x *index.Index, registry string, id crate.ID) (index.Entry, error) {
	e, err := lookup([]*index.Index{x}, id, &NoIndexError{})
	if err == nil || !IsFolderOf(registry, cratesIO(crate.CratesIOGit)) {
		return e, err
	}
	id.Source = cratesIO(crate.CratesIOGit)
	return h.Lookup(id)
}
