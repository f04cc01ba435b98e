package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"cargohome/internal/tomltext"
)

// FileName is what every manifest is called.
const FileName = "Cargo.toml"

const (
	// maxSize bounds one manifest, in bytes. Cargo has no bound; the largest known
	// have a tenth of this. The TOML library needs about a hundred times a manifest's
	// size when it is made of short keys, and each worker reads one at a time.
	maxSize = 1 << 20
	// maxTotal and maxManifests bound what is read for one site, which a few
	// symbolic links can make look endless. All is kept, and a byte of short keys
	// takes some 30, and a microsecond.
	maxTotal     = 16 << 20
	maxManifests = 1 << 16
	// maxInheriting bounds chains of manifests that look for a root in one another.
	// Cargo has no bound but that of its stack.
	maxInheriting = 128
)

// A Reader reads the manifests of a site, each once, as the files are then. It stands
// for the state that one run of Cargo keeps: which [workspace] tables it has seen decides
// more than it should (its ws_roots), so that the order of reading is part of the rules.
// It must not be used by several goroutines at once.
type Reader struct {
	// Registries reports whether the user's configuration has a registry of that
	// name: Cargo takes a manifest that names another one for broken. If nil, all
	// names are known. It must be set before anything is read.
	Registries func(name string) bool
	// Nightly says that manifests are taken as a nightly cargo takes them, or a
	// stable one under RUSTC_BOOTSTRAP=1. It must be set before anything is read.
	Nightly bool

	site      Site
	home      string             // the Cargo home, "" if none
	whole     bool               // or only what the keys in [outline] say is read
	ahead     map[string]*source // see [Tree.ReadAhead]
	sources   map[string]*source
	manifests map[string]*packageManifest // by folder, as all below
	failed    map[string]failure
	roots     map[string]*Root // every [workspace] read
	loading   map[string]bool
	budget    int64 // bytes that may still be read
}

// A source is a manifest as it is written.
type source struct {
	manifest *tomlManifest
	keys     []string                   // at the top
	metadata map[string]*tomltext.Table // of its [package] and [workspace], see [Reader.Metadata]
	size     int64                      // of the text that was read
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
	dir       string
	toml      *tomlManifest // its package is nil for a virtual manifest
	written   *tomlManifest // as it was before it was completed
	root      *Root         // nil if it is not one
	edition   int
	lacking   []string  // where targets would be that have no file, of those that may
	described *Manifest // see [Reader.Load]
}

// NewReader returns a reader of manifests that say which packages a project has, and what
// those need. Nothing else in them is looked at: what a manifest says of targets, profiles
// or lints may be news to us. The folder home, if not empty, is the Cargo home, above
// which no root is looked for.
func NewReader(site Site, home string) *Reader {
	return &Reader{
		site:      site,
		home:      home,
		sources:   map[string]*source{},
		manifests: map[string]*packageManifest{},
		failed:    map[string]failure{},
		roots:     map[string]*Root{},
		loading:   map[string]bool{},
		budget:    maxTotal,
	}
}

// NewWholeReader returns a reader of manifests that finds broken all that cargo 1.95 does,
// other than targets without a file.
func NewWholeReader(site Site, home string) *Reader {
	r := NewReader(site, home)
	r.whole = true
	return r
}

func (r *Reader) hasRegistry(name string) bool {
	return name == "crates-io" || r.Registries == nil || r.Registries(name)
}

// exists follows links. What leads out of the site does not exist.
func (r *Reader) exists(dir, name string) bool {
	_, err := r.stat(dir, name)
	return err == nil
}

func (r *Reader) isFile(dir, name string) bool {
	info, err := r.stat(dir, name)
	return err == nil && info.Mode().IsRegular()
}

func (r *Reader) stat(dir, name string) (fs.FileInfo, error) {
	full, err := r.site.Join(dir, name)
	if err != nil {
		return nil, err
	}
	return fs.Stat(r.site, full)
}

// read parses the manifest of the folder dir.
func (r *Reader) read(dir string) (*source, error) {
	s, ok := r.sources[dir]
	if !ok {
		if len(r.sources) >= maxManifests {
			return nil, &LimitError{"manifests", maxManifests}
		}
		s = r.source(dir)
		r.sources[dir] = s
	}
	return s, s.err
}

// source returns a manifest that was read ahead, or reads it.
func (r *Reader) source(dir string) *source {
	if r.budget < 0 {
		return &source{err: &LimitError{"bytes of manifests", maxTotal}}
	}
	s := r.ahead[dir]
	if s == nil {
		file := r.site.Manifest(dir)
		text, err := readText(r.site, file)
		s = r.newSource(file, text, err)
	}
	r.budget -= s.size
	return s
}

// newSource parses what was read of a manifest. It is safe for concurrent use.
func (r *Reader) newSource(file, text string, err error) *source {
	s := &source{size: int64(len(text)), err: err}
	if err == nil {
		s.err = r.parseText(s, file, text)
	}
	return s
}

func (r *Reader) parseText(s *source, file, text string) error {
	values, err := readSource(file, text)
	if err != nil {
		return err
	}
	for _, e := range values.Entries {
		s.keys = append(s.keys, e.Key)
	}
	s.metadata = metadataOf(values)
	if !r.whole {
		values = prune(values, "")
	}
	s.manifest, err = decodeManifest(file, values)
	return err
}

// decodeManifest reads values into the tables of the schema.
func decodeManifest(file string, values *tomltext.Table) (*tomlManifest, error) {
	m := &tomlManifest{}
	if err := decode(m, values); err != nil {
		line := 0
		if key, ok := errors.AsType[*keyError](err); ok {
			line = key.line
		}
		return nil, &SyntaxError{file, line, err}
	}
	return m, nil
}

func (r *Reader) readFile(file string) (string, error) {
	if r.budget < 0 {
		return "", &LimitError{"bytes of manifests", maxTotal}
	}
	text, err := readText(r.site, file)
	r.budget -= int64(len(text))
	return text, err
}

// readText returns what could be read of a manifest, even if there is an error.
func readText(site Site, file string) (string, error) {
	if info, err := fs.Stat(site, file); err != nil {
		return "", err
	} else if !info.Mode().IsRegular() {
		return "", &manifestError{file: file, what: "is not a file"}
	}
	f, err := site.Open(file)
	if err != nil {
		return "", &unreadableError{err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return "", &unreadableError{err}
	}
	if len(text) > maxSize {
		err = &LimitError{"bytes", maxSize}
	}
	return string(text), err
}

// An unreadableError is about a file that is there and has no content to be had.
type unreadableError struct{ err error }

func (e *unreadableError) Error() string { return e.err.Error() }
func (e *unreadableError) Unwrap() error { return e.err }

// load returns the completed manifest of the folder dir.
func (r *Reader) load(dir string) (*packageManifest, error) {
	if m, ok := r.manifests[dir]; ok {
		return m, nil
	}
	if f, ok := r.failed[dir]; ok && f.roots == len(r.roots) {
		return nil, f.err
	}
	file := r.site.Manifest(dir)
	if r.loading[dir] { // cargo 1.95 overflows its stack
		return nil, &manifestError{file: file, what: "inherits from itself"}
	}
	if len(r.loading) >= maxInheriting {
		return nil, &LimitError{"manifests that inherit from one another", maxInheriting}
	}
	r.loading[dir] = true
	defer delete(r.loading, dir)
	m, err := r.complete(dir)
	if err != nil {
		err = inFile(file, err)
		r.failed[dir] = failure{err, len(r.roots)}
		return nil, err
	}
	r.manifests[dir] = m
	return m, nil
}

// inFile names the manifest in an error that does not do so yet.
func inFile(file string, err error) error {
	syntax, missing, nested := (*SyntaxError)(nil), (*fs.PathError)(nil), (*manifestError)(nil)
	if errors.As(err, &syntax) || errors.As(err, &missing) || errors.As(err, &nested) {
		return err
	}
	return &manifestError{file: file, err: err}
}

// A manifestError is an error about a manifest, or about what it says.
type manifestError struct {
	file, what string
	err        error // in place of what
}

func (e *manifestError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("manifest %q %s", e.file, e.what)
	}
	return fmt.Sprintf("manifest %q: %v", e.file, e.err)
}

func (e *manifestError) Unwrap() error { return e.err }

// complete does for one manifest what cargo 1.95 does in read_manifest
// (util/toml), and in its order: the [workspace] is known before anything can
// fail that comes later.
func (r *Reader) complete(dir string) (*packageManifest, error) {
	source, err := r.read(dir)
	if err != nil {
		return nil, err
	}
	if r.whole {
		if err := checkFeatures(source.manifest.CargoFeatures, r.Nightly); err != nil {
			return nil, err
		}
	}
	m := &packageManifest{dir: dir}
	if m.root, err = r.root(dir, source.manifest); err != nil {
		return nil, err
	}
	c := packageCompletion{reader: r, dir: dir, source: source.manifest, keys: source.keys, m: m}
	if err := c.run(); err != nil || !r.whole {
		return m, err
	}
	return m, checkManifest(m.toml)
}

// root returns the [workspace] of the manifest in dir, nil if it has none, and remembers it.
func (r *Reader) root(dir string, m *tomlManifest) (*Root, error) {
	root, err := newRoot(r.site, dir, m)
	if root != nil && err == nil {
		r.roots[dir] = root
	}
	return root, err
}
