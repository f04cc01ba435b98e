package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// A Tree is a work tree of a repository and the packages in it. Its manifests
// are read once each, as the state of the files at that time. It must not be used
// by several goroutines at once.
//
// Nothing outside the tree is read: a path of a manifest that leads out of it,
// through ".." or by being absolute, is to us one where nothing is. Symbolic
// links are resolved by the file system of the tree.
type Tree struct {
	// Registries reports whether the user's configuration has a registry of that
	// name: Cargo takes a manifest that names another one for broken. If nil, all
	// names are known. It must be set before the tree is read.
	Registries func(name string) bool
	// Nightly says that manifests are taken as a nightly cargo takes them, or a
	// stable one under RUSTC_BOOTSTRAP=1. Otherwise they are so only if a package
	// is not found else. It must be set before the tree is read.
	Nightly bool

	fsys     fs.FS
	sources  map[string]*source
	packages map[string]*packageManifest // by folder
	failed   map[string]failure          // by folder
	roots    map[string]*sharedTables    // by folder; every [workspace] read, see [loader.roots]
	loading  map[string]bool
	budget   int64              // bytes that may still be read
	found    []*packageManifest // in the order of [Tree.scan]
	passed   []passedOver       // the others, in the same order
	nightly  *Tree              // see [Tree.asNightly]
	all      []*Found           // what they are to users
	scanned  bool
	scanErr  error
}

// A source is a manifest as it is written.
type source struct {
	manifest *tomlManifest
	err      error
}

// A failure is why a manifest could not be completed while so many roots were
// known. More roots may change that.
type failure struct {
	err   error
	roots int
}

// A packageManifest is a manifest with everything inherited and found filled in.
type packageManifest struct {
	dir     string
	toml    *tomlManifest // its package is nil for a virtual manifest
	shared  *sharedTables // nil if it is not a root
	edition int
}

// NewTree returns the tree of fsys, of which nothing is read yet.
func NewTree(fsys fs.FS) *Tree {
	return &Tree{
		fsys:     fsys,
		sources:  map[string]*source{},
		packages: map[string]*packageManifest{},
		failed:   map[string]failure{},
		roots:    map[string]*sharedTables{},
		loading:  map[string]bool{},
		budget:   maxTotal,
	}
}

func (t *Tree) hasRegistry(name string) bool {
	return name == "crates-io" || t.Registries == nil || t.Registries(name)
}

// errOutside matches [fs.ErrNotExist].
var errOutside = fmt.Errorf("it leads out of the tree: %w", fs.ErrNotExist)

// maxPath bounds a path within a tree, in bytes, as Linux does: symbolic links
// and path dependencies may go around in circles.
const maxPath = 4095

// inside returns the path that name means in the folder dir of the tree. Like
// everywhere in Cargo, ".." takes away the name before it as text.
func inside(dir, name string) (string, error) {
	full := path.Join(dir, name)
	if path.IsAbs(name) || full == ".." || strings.HasPrefix(full, "../") {
		return "", errOutside
	}
	if len(full) > maxPath {
		return "", &LimitError{"bytes in a path", maxPath}
	}
	return full, nil
}

// exists follows links. What leads out of the tree does not exist.
func (t *Tree) exists(dir, name string) bool {
	full, err := inside(dir, name)
	if err != nil {
		return false
	}
	_, err = fs.Stat(t.fsys, full)
	return err == nil
}

func (t *Tree) isFile(dir, name string) bool {
	full, err := inside(dir, name)
	if err != nil {
		return false
	}
	info, err := fs.Stat(t.fsys, full)
	return err == nil && info.Mode().IsRegular()
}

// read parses the manifest of the folder dir.
func (t *Tree) read(dir string) (*tomlManifest, error) {
	s, ok := t.sources[dir]
	if !ok {
		if len(t.sources) >= maxManifests {
			return nil, &LimitError{"manifests", maxManifests}
		}
		s = &source{}
		s.manifest, s.err = t.parse(path.Join(dir, fileName))
		t.sources[dir] = s
	}
	return s.manifest, s.err
}

func (t *Tree) parse(file string) (*tomlManifest, error) {
	text, err := t.readFile(file)
	if err != nil {
		return nil, err
	}
	return parseManifest(file, text)
}

// parseManifest reads the text of a manifest into the tables of the schema.
func parseManifest(file, text string) (*tomlManifest, error) {
	values, err := readSource(file, text)
	if err != nil {
		return nil, err
	}
	m := &tomlManifest{}
	if err := decode(m, values); err != nil {
		line := 0
		if key := (*keyError)(nil); errors.As(err, &key) {
			line = key.line
		}
		return nil, &SyntaxError{file, line, err}
	}
	return m, nil
}

func (t *Tree) readFile(file string) (string, error) {
	if t.budget < 0 {
		return "", &LimitError{"bytes of manifests", maxTotal}
	}
	if info, err := fs.Stat(t.fsys, file); err != nil {
		return "", err
	} else if !info.Mode().IsRegular() {
		return "", fmt.Errorf("manifest %q is not a file", file)
	}
	f, err := t.fsys.Open(file)
	if err != nil {
		return "", &unreadableError{err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return "", &unreadableError{err}
	}
	t.budget -= int64(len(text))
	if len(text) > maxSize {
		return "", fmt.Errorf("manifest %q: %w", file, &LimitError{"bytes", maxSize})
	}
	return string(text), nil
}

// An unreadableError is about a file that is there and has no content to be had.
type unreadableError struct{ err error }

func (e *unreadableError) Error() string { return e.err.Error() }
func (e *unreadableError) Unwrap() error { return e.err }

// load returns the completed manifest of the folder dir.
func (t *Tree) load(dir string) (*packageManifest, error) {
	if m, ok := t.packages[dir]; ok {
		return m, nil
	}
	if f, ok := t.failed[dir]; ok && f.roots == len(t.roots) {
		return nil, f.err
	}
	file := path.Join(dir, fileName)
	if t.loading[dir] { // cargo 1.95 overflows its stack
		return nil, fmt.Errorf("manifest %q inherits from itself", file)
	}
	if len(t.loading) >= maxInheriting {
		return nil, &LimitError{"manifests that inherit from one another", maxInheriting}
	}
	t.loading[dir] = true
	defer delete(t.loading, dir)
	m, err := t.complete(dir)
	if err != nil {
		err = inFile(file, err)
		t.failed[dir] = failure{err, len(t.roots)}
		return nil, err
	}
	t.packages[dir] = m
	return m, nil
}

// maxInheriting bounds chains of manifests that look for a root in one another.
// Cargo has no bound but that of its stack.
const maxInheriting = 128

// inFile names the manifest in an error that does not do so yet.
func inFile(file string, err error) error {
	syntax, missing, nested := (*SyntaxError)(nil), (*fs.PathError)(nil), (*manifestError)(nil)
	if errors.As(err, &syntax) || errors.As(err, &missing) || errors.As(err, &nested) {
		return err
	}
	return &manifestError{file, err}
}

// A manifestError is an error about what a manifest says.
type manifestError struct {
	file string
	err  error
}

func (e *manifestError) Error() string { return fmt.Sprintf("manifest %q: %v", e.file, e.err) }
func (e *manifestError) Unwrap() error { return e.err }

// complete does for one manifest what cargo 1.95 does in read_manifest
// (util/toml), and in its order: the [workspace] is known before anything can
// fail that comes later.
func (t *Tree) complete(dir string) (*packageManifest, error) {
	toml, err := t.read(dir)
	if err != nil {
		return nil, err
	}
	if err := checkFeatures(toml.CargoFeatures, t.Nightly); err != nil {
		return nil, err
	}
	m := &packageManifest{dir: dir}
	if m.shared, err = newSharedTables(dir, toml); err != nil {
		return nil, err
	}
	if m.shared != nil {
		t.roots[dir] = m.shared
	}
	c := packageCompletion{tree: t, dir: dir, source: toml, m: m}
	if err := c.run(); err != nil {
		return nil, err
	}
	return m, checkManifest(m.toml)
}
