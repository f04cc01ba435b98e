package home

import (
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/index"
)

// folder is a name that a registry's folders have if a certain Cargo made them.
type folder struct {
	name string
	form func(dir string) *index.Index
}

// registry is what is known about the folders of one registry source.
type registry struct {
	home *Home
	src  crate.SourceID

	computed []folder // all names, most trusted first

	caches       func() []string       // those in registry/cache
	indexes      func() []*index.Index // those in registry/index
	otherIndexes func() []*index.Index // found by looking at what others are indexes of
}

func newRegistry(h *Home, src crate.SourceID) *registry {
	r := &registry{home: h, src: src, computed: computedFolders(src)}
	r.caches = sync.OnceValue(r.findCaches)
	r.indexes = sync.OnceValue(r.findIndexes)
	r.otherIndexes = sync.OnceValue(r.findOtherIndexes)
	return r
}

// computedFolders returns the names that Cargos give to the folders of src. A
// lockfile names crates.io by its git URL whichever protocol was used; today's
// Cargo uses the other unless told not to (spec 2.6).
func computedFolders(src crate.SourceID) []folder {
	switch {
	case src.IsCratesIO():
		return append(foldersBy(index.Sparse, cratesIO(crate.CratesIOSparse)), foldersBy(index.Git, cratesIO(crate.CratesIOGit))...)
	case src.Kind() == crate.SparseRegistry:
		return foldersBy(index.Sparse, src)
	case src.Kind() == crate.Registry:
		return foldersBy(index.Git, src)
	}
	return nil
}

func foldersBy(form func(dir string) *index.Index, src crate.SourceID) (all []folder) {
	for _, o := range ownedBy(src) {
		all = append(all, folder{o.Name, form})
	}
	return all
}

func cratesIO(url string) crate.SourceID {
	src, err := crate.NewRegistrySource(url)
	if err != nil {
		panic(err) // both URLs are constants
	}
	return src
}

// isElement reports whether name is one element of a path: no file outside the
// home can be reached by a folder's name.
func isElement(name string) bool {
	return filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`) && name != "."
}

func (r *registry) findCaches() (names []string) {
	for _, f := range r.computed {
		if !missing(r.home.cacheDir(f.name)) {
			names = append(names, f.name)
		}
	}
	return names
}

func (r *registry) findIndexes() (found []*index.Index) {
	for _, f := range r.computed {
		if !missing(r.home.indexDir(f.name)) {
			found = append(found, r.home.index(f.name, f.form))
		}
	}
	return found
}

// isComputed reports whether name was one to try without looking.
func (r *registry) isComputed(name string) bool {
	return slices.ContainsFunc(r.computed, func(f folder) bool { return f.name == name })
}

// otherCaches yields the other folders of registry/cache, in order of name.
func (r *registry) otherCaches() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range r.home.cacheNames() {
			if !r.isComputed(name) && !yield(name) {
				return
			}
		}
	}
}

// findOtherIndexes finds the indexes whose names are computed by no function
// known here but which are of this registry all the same.
func (r *registry) findOtherIndexes() (found []*index.Index) {
	for _, name := range r.home.indexNames() {
		switch {
		case r.isComputed(name):
		case r.fetchedFrom(r.home.indexDir(name)):
			found = append(found, r.home.index(name, index.Git))
		case r.src.IsCratesIO() && hasCratesIOHost(name):
			found = append(found, r.home.index(name, index.Sparse))
		}
	}
	return found
}

// fetchedFrom reports whether the repository in dir says that it was fetched
// from the registry's URL.
func (r *registry) fetchedFrom(dir string) bool {
	want := r.src
	if want.IsCratesIO() {
		want = cratesIO(crate.CratesIOGit)
	}
	for _, url := range object.Remotes(dir) {
		if src, err := crate.NewRegistrySource(url); err == nil && src.Key() == want.Key() {
			return true
		}
	}
	return false
}

// hasCratesIOHost: what Cargo keeps of a sparse index does not say where it came
// from, but for the host in its folder's name. That is enough for crates.io, whose
// host serves one registry. It is not for others: taking a neighbour on the same
// host for the registry asked for would look up another's checksums.
func hasCratesIOHost(name string) bool {
	hash, ok := strings.CutPrefix(name, cratesIO(crate.CratesIOSparse).Host()+"-")
	return ok && len(hash) == 16
}
