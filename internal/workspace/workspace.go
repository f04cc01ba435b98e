package workspace

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strconv"

	"cargohome/internal/manifest"
	"cargohome/internal/tomltext"
)

// A Workspace is what Cargo works on: a root with its members, or one package
// alone. It is a reading of the files at one time. It must not be used by several
// goroutines at once.
type Workspace struct {
	Root     string               // the folder of the root manifest
	Manifest string               // the root manifest
	Members  []*manifest.Manifest // in Cargo's order; none is virtual
	Current  *manifest.Manifest   // that the search started from; nil if it is virtual
	Defaults []*manifest.Manifest // the members that a command is about which names none
	Resolver int                  // 1, 2 or 3

	reader  *manifest.Reader
	members []*manifest.Manifest // in Cargo's order, a virtual root included
}

// LockPath returns the path of the workspace's lockfile, which may not exist.
func (w *Workspace) LockPath() string { return filepath.Join(w.Root, "Cargo.lock") }

// Find returns the workspace that the manifest at manifestPath belongs
// to. cargoHome, if not empty, is the Cargo home, above which no root is looked
// for.
//
// It fails where cargo would for the shape of the workspace: with an error that
// matches [ErrNotMember] if the root found does not list this manifest,
// [manifest.ErrWorkspace] if the members do not fit together, [ErrPattern], or with
// [manifest.SyntaxError], [manifest.LimitError] or that of the file system for a manifest that
// cannot be read. Some errors have a method Hint() string.
func Find(manifestPath, cargoHome string) (*Workspace, error) {
	return find(manifestPath, cargoHome, manifest.NewReader)
}

// FindWhole is Find for one that cargo itself would take: it fails as well for what else in
// a manifest cargo 1.95 would find broken. The configuration has a registry of each name
// that registries knows; nightly is [manifest.Reader.Nightly].
func FindWhole(manifestPath, cargoHome string, registries func(name string) bool, nightly bool) (*Workspace, error) {
	return find(manifestPath, cargoHome, func(site manifest.Site, home string) *manifest.Reader {
		r := manifest.NewWholeReader(site, home)
		r.Registries, r.Nightly = registries, nightly
		return r
	})
}

func find(manifestPath, cargoHome string, newReader func(manifest.Site, string) *manifest.Reader) (*Workspace, error) {
	path, err := absolute(manifestPath)
	if err != nil {
		return nil, err
	}
	if cargoHome != "" {
		if cargoHome, err = absolute(cargoHome); err != nil {
			return nil, err
		}
	}
	r, dir := newReader(disk{}, cargoHome), filepath.Dir(path)
	root, err := r.FindRoot(dir)
	if err != nil {
		return nil, err
	}
	if root == "" {
		return alone(r, dir)
	}
	return assemble(r, root, dir)
}

// alone is the workspace of a package that is in none.
func alone(r *manifest.Reader, dir string) (*Workspace, error) {
	m, err := r.Load(dir)
	if err != nil {
		return nil, err
	}
	members := []*manifest.Manifest{m}
	return newWorkspace(r, m, members, m, members), nil
}

// assemble finds and checks the members of the root for a run that started from
// the manifest in the folder current.
func assemble(r *manifest.Reader, root, current string) (*Workspace, error) {
	m, err := r.Load(root)
	if err != nil {
		return nil, err
	}
	if m.Workspace == nil {
		return nil, fmt.Errorf("%w: %q is taken for the root of %q, but has no [workspace]", manifest.ErrWorkspace, m.File, disk{}.Manifest(current))
	}
	f := memberSearch{Reader: r, root: m, seen: map[string]bool{}, globs: maxGlobBytes}
	if err := f.find(root == current); err != nil {
		return nil, err
	}
	if err := f.validate(current); err != nil {
		return nil, err
	}
	from, err := r.Load(current)
	if err != nil {
		return nil, err
	}
	return newWorkspace(r, m, f.members, from, f.defaultsFor(from)), nil
}

func newWorkspace(r *manifest.Reader, root *manifest.Manifest, members []*manifest.Manifest, current *manifest.Manifest, defaults []*manifest.Manifest) *Workspace {
	w := &Workspace{
		Root: root.Dir, Manifest: root.File, Members: withPackage(members), Defaults: withPackage(defaults), Resolver: resolver(root),
		reader: r, members: members,
	}
	if !current.Virtual {
		w.Current = current
	}
	return w
}

// RootManifest returns what the root manifest says, which may be virtual.
func (w *Workspace) RootManifest() (*manifest.Manifest, error) { return w.reader.Load(w.Root) }

// Load returns what the manifest of a folder says, be that a member or any other.
func (w *Workspace) Load(dir string) (*manifest.Manifest, error) { return w.reader.Load(dir) }

// Metadata returns what other tools are told under a key: [package.metadata] of the package
// that the search started from, or if that has none [workspace.metadata] of the root; nil if
// neither does.
func (w *Workspace) Metadata(key string) (*tomltext.Table, error) {
	if w.Current != nil {
		if table, err := w.reader.Metadata(w.Current.Dir, "package", key); table != nil || err != nil {
			return table, err
		}
	}
	return w.reader.Metadata(w.Root, "workspace", key)
}

func withPackage(manifests []*manifest.Manifest) []*manifest.Manifest {
	return slices.DeleteFunc(slices.Clone(manifests), func(m *manifest.Manifest) bool { return m.Virtual })
}

// resolver is the version that the root asks for, or else that of its edition (cargo 1.95:
// set_resolve_behavior). A root without a package has no edition.
func resolver(root *manifest.Manifest) int {
	if version, err := strconv.Atoi(root.Resolver); err == nil {
		return version
	}
	switch {
	case root.Virtual || root.Edition < "2021":
		return 1
	case root.Edition < "2024":
		return 2
	}
	return 3
}

// A memberSearch collects the members of one root (cargo 1.95: find_members).
type memberSearch struct {
	*manifest.Reader
	root    *manifest.Manifest
	members []*manifest.Manifest
	seen    map[string]bool // the folders of members
	chosen  []string        // the folders that workspace.default-members names, members or not
	globs   int             // bytes of paths that patterns may still look at
}

func (f *memberSearch) find(fromRoot bool) error {
	listed, err := f.folders(f.root.Workspace.Members)
	if err != nil {
		return err
	}
	for _, p := range listed {
		if err := f.add(p.dir, false); err != nil {
			return fmt.Errorf("workspace member %q of %q: %w", p.entry, f.root.File, err)
		}
	}
	if err := f.add(f.root.Dir, false); err != nil {
		return err
	}
	if fromRoot { // Cargo looks at the defaults only where it would use them
		return f.checkDefaults(listed)
	}
	return nil
}

// defaultsFor returns the members that a command for a manifest is about.
func (f *memberSearch) defaultsFor(current *manifest.Manifest) []*manifest.Manifest {
	switch {
	case current == f.root && f.root.Workspace.DefaultMembers != nil:
		return slices.DeleteFunc(slices.Clone(f.members), func(m *manifest.Manifest) bool { return !slices.Contains(f.chosen, m.Dir) })
	case current.Virtual:
		return f.members
	}
	return []*manifest.Manifest{current}
}

// add makes the manifest in dir a member, and then its path dependencies. Those
// outside the root's folder join only if they find the root by themselves.
func (f *memberSearch) add(dir string, isDep bool) error {
	if f.seen[dir] {
		return nil
	}
	if isDep && !within(dir, f.root.Dir) {
		if root, err := f.FindRoot(dir); err != nil || root != f.root.Dir {
			return err
		}
	}
	if f.root.Workspace.Excludes(disk{}.Manifest(dir)) {
		return nil
	}
	m, err := f.Load(dir)
	if err != nil {
		return err
	}
	f.seen[dir] = true
	f.members = append(f.members, m)
	for d := range byPath(m.Dependencies) {
		if err := f.add(d.Dir, true); err != nil {
			return depError(m, d, err)
		}
	}
	return nil
}

// byPath yields the dependencies that are in a folder of the user's.
func byPath(deps []manifest.Dependency) iter.Seq[manifest.Dependency] {
	return func(yield func(manifest.Dependency) bool) {
		for _, d := range deps {
			if d.Dir != "" && !yield(d) {
				return
			}
		}
	}
}

// depError names the dependency at fault, innermost only: chains of path
// dependencies may be long.
func depError(m *manifest.Manifest, d manifest.Dependency, err error) error {
	if inner := (*DependencyError)(nil); errors.As(err, &inner) {
		return err
	}
	return &DependencyError{Name: d.Name, Manifest: m.File, Err: err}
}
