package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Found is a package of a tree.
type Found struct {
	Name, Version    string   // the version is "0.0.0" if the manifest has none
	Dir              string   // its folder in the tree, "." for the tree's root
	Include, Exclude []string // package.include and package.exclude, after inheritance
	// Duplicates are the folders of packages of the same name and version that
	// come later. Those with a package.publish that is not true, or without a
	// version, are not among them: Cargo takes them for unknown to users.
	Duplicates []string
	Warnings   []string // what Cargo would warn of when it uses the package
}

// FindPackage is [Tree.Find] for one package.
func FindPackage(fsys fs.FS, name, version string) (*Found, error) {
	return NewTree(fsys).Find(name, version)
}

// Find returns the package that Cargo takes for name and version in a git
// repository (spec 6.5): the first of a walk over all folders in byte order, path
// dependencies first. The walk is made once for a tree. The error is a
// [NoPackageError], a [LimitError] or that of a folder or manifest that cannot be
// read; broken manifests are passed over.
//
// If there is no such package, but manifests that only a nightly or newer cargo
// takes, it is the package that such a cargo takes.
func (t *Tree) Find(name, version string) (*Found, error) {
	all, err := t.Packages()
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.Name == name && f.Version == version {
			return f, nil
		}
	}
	if t.needsNightly() {
		return t.findNightly(name, version)
	}
	return nil, t.noPackage(name, version)
}

// Packages returns the packages that [Tree.Find] finds, in the order of the walk.
// They are shared by all calls.
func (t *Tree) Packages() ([]*Found, error) {
	if !t.scanned {
		t.scanned, t.scanErr = true, t.scan()
		t.all = t.firsts()
	}
	if t.scanErr != nil {
		return nil, t.scanErr
	}
	return slices.Clone(t.all), nil
}

// firsts returns the packages found, those of one name and version as one.
func (t *Tree) firsts() []*Found {
	type id struct{ name, version string }
	first := map[id]*Found{}
	var out []*Found
	for _, m := range t.found {
		p := m.toml.Package
		key := id{string(*p.Name), p.version()}
		if f := first[key]; f == nil {
			first[key] = m.describe()
			out = append(out, first[key])
		} else if p.public() {
			f.Duplicates = append(f.Duplicates, m.dir)
		}
	}
	for _, f := range out {
		f.warn()
	}
	return out
}

func (m *packageManifest) describe() *Found {
	p := m.toml.Package
	f := &Found{Name: string(*p.Name), Version: p.version(), Dir: m.dir}
	if p.Include != nil {
		f.Include = slices.Clone(p.Include.value)
	}
	if p.Exclude != nil {
		f.Exclude = slices.Clone(p.Exclude.value)
	}
	return f
}

// warn writes Cargo's warning, with paths in the tree.
func (f *Found) warn() {
	if len(f.Duplicates) == 0 {
		return
	}
	plural := ""
	if len(f.Duplicates) > 1 {
		plural = "s"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "skipping duplicate package%s `%s v%s`:\n", plural, f.Name, f.Version)
	for _, dir := range f.Duplicates {
		fmt.Fprintf(&b, "  %s\n", path.Join(dir, FileName))
	}
	fmt.Fprintf(&b, "in favor of %s\n", path.Join(f.Dir, FileName))
	f.Warnings = []string{b.String()}
}

// scan walks over the tree (cargo 1.95: sources/path.rs, read_packages).
func (t *Tree) scan() error {
	s := packageScan{Tree: t, visited: map[string]bool{}}
	return s.walk(".", false)
}

type packageScan struct {
	*Tree
	visited map[string]bool // folders whose manifest was looked at
}

// walk visits the folder dir and those below. underManifest says whether the
// folder above has a manifest.
func (s *packageScan) walk(dir string, underManifest bool) error {
	if path.Base(dir) == "target" && underManifest {
		return nil
	}
	entries, err := fs.ReadDir(s.site, dir)
	if errors.Is(err, fs.ErrPermission) {
		entries, err = nil, nil
	}
	if err != nil {
		return err
	}
	if dir != "." && s.has(dir, entries, ".git") { // a submodule
		return nil
	}
	manifest := s.has(dir, entries, FileName)
	if manifest {
		if err := s.visit(dir); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := s.walk(path.Join(dir, e.Name()), manifest); err != nil {
			return err
		}
	}
	return nil
}

// has reports whether name exists in dir, of which entries are the sorted content.
func (s *packageScan) has(dir string, entries []fs.DirEntry, name string) bool {
	i, found := slices.BinarySearchFunc(entries, name, func(e fs.DirEntry, name string) int {
		return strings.Compare(e.Name(), name)
	})
	return found && (entries[i].Type()&fs.ModeSymlink == 0 || s.exists(dir, name))
}

// visit reads the manifest of a folder and, depth first, those of its path
// dependencies.
func (s *packageScan) visit(dir string) error {
	todo := []string{dir}
	for len(todo) > 0 {
		dir, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if s.visited[dir] {
			continue
		}
		s.visited[dir] = true
		if len(s.visited) > maxManifests {
			return &LimitError{"manifests", maxManifests}
		}
		m, err := s.load(dir)
		switch {
		case s.budget < 0:
			return &LimitError{"bytes of manifests", maxTotal}
		case err != nil && !s.passesOver(dir, err):
			return err
		case err != nil || m.toml.Package == nil:
			continue // the lockfile decides what is missing
		}
		s.found = append(s.found, m)
		for _, p := range slices.Backward(m.paths()) {
			if dep, err := s.site.Join(dir, p); err == nil {
				todo = append(todo, dep)
			}
		}
	}
	return nil
}

// paths returns the path dependencies in the order in which Cargo follows them.
func (m *packageManifest) paths() []string {
	var paths []string
	for table := range m.toml.dependencyTables() {
		for _, name := range sortedKeys(table) {
			if p := table[name].Path; p != nil {
				paths = append(paths, *p)
			}
		}
	}
	return paths
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
