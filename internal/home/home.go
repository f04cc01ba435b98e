package home

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/index"
	"cargohome/internal/fsx"
)

// Home is a view of one Cargo home. It remembers which folders it has seen, so a
// new one must be made to notice folders that came later. It is safe for
// concurrent use, and holds files open only for indexes and repositories in git,
// until [Home.Close].
type Home struct {
	dir string

	// What registry/cache and registry/index hold, listed at most once and
	// only if a computed name has no answer.
	cacheNames func() []string
	indexNames func() []string

	git func() *gitsrc.Folder // made once

	mu         sync.Mutex
	registries map[crate.SourceID]*registry
	indexes    map[string]*index.Index // by folder: sources may share one
	closed     bool
}

// New returns a view of the home in dir, which need not exist. It reads nothing.
func New(dir string) *Home {
	return &Home{
		dir:        dir,
		cacheNames: sync.OnceValue(func() []string { return folders(filepath.Join(dir, CachePath)) }),
		indexNames: sync.OnceValue(func() []string { return folders(filepath.Join(dir, IndexPath)) }),
		git:        sync.OnceValue(func() *gitsrc.Folder { return gitsrc.NewFolder(dir, GitNames) }),
		registries: map[crate.SourceID]*registry{},
		indexes:    map[string]*index.Index{},
	}
}

// Dir returns the home's folder.
func (h *Home) Dir() string { return h.dir }

// registry returns what is known about the folders of a registry source.
func (h *Home) registry(src crate.SourceID) *registry {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.registries[src]
	if r == nil {
		r = newRegistry(h, src)
		h.registries[src] = r
	}
	return r
}

// index returns the index in a folder of registry/index.
func (h *Home) index(name string, form func(string) *index.Index) *index.Index {
	h.mu.Lock()
	defer h.mu.Unlock()
	x := h.indexes[name]
	if x == nil {
		x = form(h.indexDir(name))
		h.indexes[name] = x
		if h.closed {
			x.Close() // nothing is open yet, nor will be
		}
	}
	return x
}

func (h *Home) cacheDir(name string) string { return filepath.Join(h.dir, CachePath, name) }
func (h *Home) indexDir(name string) string { return filepath.Join(h.dir, IndexPath, name) }

// Close closes what indexes and repositories in git hold open. Lookups that need
// them fail from then on, with fs.ErrClosed.
func (h *Home) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	errs := []error{h.git().Close()}
	for _, x := range slices.Collect(maps.Values(h.indexes)) {
		errs = append(errs, x.Close())
	}
	return errors.Join(errs...)
}

// folders lists the folders in dir, and the links, which may be some, in
// order. A folder that cannot be listed counts as empty: nothing is found in it
// by looking. Dot names are nobody's registries.
func folders(dir string) (names []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if (e.IsDir() || fsx.IsLink(e.Type())) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// missing reports whether it is certain that nothing is at path.
func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}
