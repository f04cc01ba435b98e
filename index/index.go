package index

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/fsx"
)

// Index is one index on disk. Making one reads nothing. It is safe for
// concurrent use. Only one of the git form, or a strict one, needs [Index.Close].
type Index struct {
	dir    string
	local  bool
	strict bool // see [Index.Strictly]

	// repo is nil unless the index is in git; opened on the first need.
	repo func() (*object.Snapshot, error)

	mu     sync.Mutex
	opened *object.Snapshot // what repo opened, for Close
	caches *fsx.Folder      // .cache, open, of a strict one; nil if it is not
	closed bool

	tables tables // of files in which many versions were looked for

	entryFiles map[string]func() (*table, error) // read strictly, once each
	expected   map[string][]string               // versions that will be looked up, by path
}

// Sparse returns the index that Cargo keeps of a sparse registry in dir, a
// folder of registry/index.
func Sparse(dir string) *Index { return &Index{dir: dir} }

// Git returns the index that Cargo keeps of a git-protocol registry in dir, a
// folder of registry/index.
func Git(dir string) *Index {
	x := &Index{dir: dir}
	x.repo = sync.OnceValues(x.open)
	return x
}

// Local returns the index of the local registry in dir; its entries are those
// of dir/index.
func Local(dir string) *Index { return Files(filepath.Join(dir, "index")) }

// Files returns the index whose entry files lie in dir: that of a local registry, or the
// files of a sparse one as a web server has them.
func Files(dir string) *Index { return &Index{dir: dir, local: true} }

// ForMany returns the same index for looking up many versions of a few crates: each file is
// read once, and kept as long as what is returned. That needs no Close.
func (x *Index) ForMany() *Index {
	return &Index{dir: x.dir, local: x.local, repo: x.repo, tables: tables{eager: true}}
}

// Dir returns the folder the index lies in; for a local registry, its "index".
func (x *Index) Dir() string { return x.dir }

// Lookup returns the entry of one version. The version must agree in full, build
// metadata included, and the name in every letter: case, '-' and '_' matter.
//
// The error is a [*LookupError]. It matches fs.ErrNotExist if the index does not
// exist or does not list the version.
func (x *Index) Lookup(name, version string) (Entry, error) {
	e, err := x.lookup(name, version)
	if err != nil {
		return Entry{}, &LookupError{x.dir, name, version, err}
	}
	return e, nil
}

func (x *Index) lookup(name, version string) (Entry, error) {
	path, err := Path(name)
	if err == nil {
		err = crate.CheckVersion(version)
	}
	switch {
	case err != nil:
		return Entry{}, err
	case x.strict:
		return x.lookupStrict(path, name, version)
	case x.local:
		return x.lookupFile(path, name, version)
	}
	e, err := x.lookupCache(path, name, version)
	if err != nil && x.repo != nil {
		return x.lookupRepo(path, name, version, err)
	}
	return e, err
}

// cachePath is the folder of cache files in an index.
const cachePath = ".cache"

// cacheFile is that of the crate at a path of the index.
func (x *Index) cacheFile(path string) string {
	return filepath.Join(x.dir, cachePath, filepath.FromSlash(path))
}

// lookupCache looks into the cache file of a crate.
func (x *Index) lookupCache(path, name, version string) (Entry, error) {
	file := x.cacheFile(path)
	line, err := x.cachedLine(file, version)
	switch {
	case errors.Is(err, errCacheForeign):
		return Entry{}, ErrNoCrate
	case errors.Is(err, errCacheCut):
		return Entry{}, &CorruptError{file, err}
	case err != nil:
		return Entry{}, x.explain(err)
	case line == nil:
		return Entry{}, ErrNoVersion
	}
	e, err := parseCached(line, version)
	if err != nil {
		return Entry{}, &CorruptError{file, err}
	}
	if e.Name != name {
		return Entry{}, ErrNoVersion
	}
	return e, nil
}

// cachedLine returns the line of a version in a cache file; see [readCached].
func (x *Index) cachedLine(file, version string) ([]byte, error) {
	if t := x.tables.of(file, fileTable(file, newCacheTable)); t != nil {
		if line := t.lines[version]; line != nil {
			return line, nil
		}
		return nil, t.err
	}
	return readCached(file, version)
}

// parseCached reads the line that a cache file has for a version.
func parseCached(line []byte, version string) (Entry, error) {
	e, err := ParseEntry(line)
	if err == nil {
		err = e.isOf(version)
	}
	return e, err
}

// isOf is what is wrong with the entry in a line that is kept for a version.
func (e *Entry) isOf(version string) error {
	if e.Version != version {
		return fmt.Errorf("the line kept for version %s is of %s", version, printable(e.Version))
	}
	return nil
}

// lookupRepo looks into the repository for what the cache did not have, for the
// reason given: it is the truth of which the cache files are made.
func (x *Index) lookupRepo(path, name, version string, cacheErr error) (Entry, error) {
	tree, err := x.repo()
	if errors.Is(err, fs.ErrNotExist) {
		return Entry{}, cacheErr // cache files without a repository are all there is
	}
	if err != nil {
		return Entry{}, err
	}
	if t := x.tables.of(path, repoTable(tree, path)); t != nil {
		return t.entry(path, name, version)
	}
	data, err := tree.File(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Entry{}, worse(cacheErr, ErrNoCrate)
	}
	if err != nil {
		return Entry{}, &CorruptError{filepath.Join(x.dir, ".git"), err}
	}
	return searchLines(path, data, name, version)
}

// worse returns the cache's error if it says more than that there is nothing.
func worse(cacheErr, err error) error {
	if errors.Is(cacheErr, fs.ErrNotExist) {
		return err
	}
	return cacheErr
}

// lookupFile looks into the entry file of a local registry.
func (x *Index) lookupFile(path, name, version string) (Entry, error) {
	file := filepath.Join(x.dir, filepath.FromSlash(path))
	if t := x.tables.of(file, fileTable(file, newEntryTable)); t != nil {
		return t.entry(file, name, version)
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	if err := readFile(file, buf); err != nil {
		return Entry{}, x.explain(err)
	}
	return searchLines(file, *buf, name, version)
}

func searchLines(file string, data []byte, name, version string) (Entry, error) {
	e, err := findLine(data, name, version)
	if errors.Is(err, ErrEntry) {
		return Entry{}, &CorruptError{file, err}
	}
	return e, err
}

// explain tells a crate that is not listed from an index that is not there.
func (x *Index) explain(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !isDir(x.dir) {
		return ErrNoIndex
	}
	return ErrNoCrate
}

// Config reads the index's config.json. The error matches [ErrNoConfig] if there
// is none, as in every local registry.
func (x *Index) Config() (Config, error) {
	data, err := x.configFile()
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoConfig
	}
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", x.dir, err)
	}
	c, err := ParseConfig(data)
	if err != nil {
		return Config{}, &CorruptError{filepath.Join(x.dir, "config.json"), err}
	}
	return c, nil
}

func (x *Index) configFile() (data []byte, err error) {
	switch {
	case x.local:
		return nil, ErrNoConfig
	case x.repo == nil:
		err = readFile(filepath.Join(x.dir, "config.json"), &data)
		return data, err
	}
	tree, err := x.repo()
	if err != nil {
		return nil, err
	}
	return tree.File("config.json")
}

// open is what repo does once.
func (x *Index) open() (*object.Snapshot, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil, fs.ErrClosed
	}
	open := object.OpenIndex
	if x.strict {
		open = object.OpenIndexStrict
	}
	tree, err := open(x.dir)
	x.opened = tree
	return tree, err
}

// Close closes the files of a repository, if any were opened, and the folder of a strict
// index, of which nobody looks anything up meanwhile. Lookups that need the repository fail
// from then on, with fs.ErrClosed.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	var errs []error
	if x.opened != nil {
		errs = append(errs, x.opened.Close())
	}
	if x.caches != nil {
		errs = append(errs, x.caches.Close())
		x.caches = nil
	}
	return errors.Join(errs...)
}
