package manifest

import (
	"errors"
	"fmt"
	"path/filepath"
)

// A Package is a package in a folder of the user's.
type Package struct {
	Dir     string // absolute and normalised
	Name    string
	Version string // "0.0.0" if the manifest has none
}

// A Workspace is what Cargo works on: a root with its members, or one package
// alone. It is a reading of the files at one time. It must not be used by several
// goroutines at once.
type Workspace struct {
	Root     string    // the folder of the root manifest
	Manifest string    // the root manifest
	Members  []Package // in Cargo's order; none is virtual

	loader  *loader
	members []*manifest // in Cargo's order, a virtual root included
}

// LockPath returns the path of the workspace's lockfile, which may not exist.
func (w *Workspace) LockPath() string { return filepath.Join(w.Root, "Cargo.lock") }

// FindWorkspace returns the workspace that the manifest at manifestPath belongs
// to. cargoHome, if not empty, is the Cargo home, above which no root is looked
// for.
//
// It fails where cargo would for the shape of the workspace: with an error that
// matches [ErrNotMember] if the root found does not list this manifest,
// [ErrWorkspace] if the members do not fit together, [ErrPattern], or with
// [SyntaxError], [LimitError] or that of the file system for a manifest that
// cannot be read. Some errors have a method Hint() string.
func FindWorkspace(manifestPath, cargoHome string) (*Workspace, error) {
	path, err := absolute(manifestPath)
	if err != nil {
		return nil, err
	}
	if cargoHome != "" {
		if cargoHome, err = absolute(cargoHome); err != nil {
			return nil, err
		}
	}
	l := newLoader(cargoHome)
	root, err := l.findRoot(path)
	if err != nil {
		return nil, err
	}
	if root == "" {
		return l.alone(path)
	}
	return l.assemble(root, path)
}

// alone is the workspace of a package that is in none.
func (l *loader) alone(path string) (*Workspace, error) {
	m, err := l.load(path)
	if err != nil {
		return nil, err
	}
	return newWorkspace(l, path, []*manifest{m}), nil
}

// assemble finds and checks the members of the root for a run that started from
// the manifest current.
func (l *loader) assemble(root, current string) (*Workspace, error) {
	m, err := l.load(root)
	if err != nil {
		return nil, err
	}
	if m.root == nil {
		return nil, fmt.Errorf("%w: %q is taken for the root of %q, but has no [workspace]", ErrWorkspace, root, current)
	}
	f := memberSearch{loader: l, root: m, seen: map[string]bool{}}
	if err := f.find(root == current); err != nil {
		return nil, err
	}
	if err := f.validate(current); err != nil {
		return nil, err
	}
	return newWorkspace(l, root, f.members), nil
}

func newWorkspace(l *loader, root string, members []*manifest) *Workspace {
	w := &Workspace{Root: filepath.Dir(root), Manifest: root, loader: l, members: members}
	for _, m := range members {
		if !m.virtual {
			w.Members = append(w.Members, m.describe())
		}
	}
	return w
}

func (m *manifest) describe() Package { return Package{m.dir, m.name, m.version} }

// A memberSearch collects the members of one root (cargo 1.95: find_members).
type memberSearch struct {
	*loader
	root    *manifest
	members []*manifest
	seen    map[string]bool // the paths of members
}

func (f *memberSearch) find(fromRoot bool) error {
	listed, err := f.folders(f.root.root, f.root.root.members)
	if err != nil {
		return err
	}
	for _, p := range listed {
		if err := f.add(filepath.Join(p.dir, fileName), false); err != nil {
			return fmt.Errorf("workspace member %q of %q: %w", p.entry, f.root.path, err)
		}
	}
	if err := f.add(f.root.path, false); err != nil {
		return err
	}
	if fromRoot { // Cargo looks at the defaults only where it would use them
		return f.checkDefaults(listed)
	}
	return nil
}

// add makes the manifest at path a member, and then its path dependencies. Those
// outside the root's folder join only if they find the root by themselves.
func (f *memberSearch) add(path string, isDep bool) error {
	if f.seen[path] {
		return nil
	}
	if isDep && !within(filepath.Dir(path), f.root.dir) {
		if root, err := f.findRoot(path); err != nil || root != f.root.path {
			return err
		}
	}
	if f.root.root.excludes(path) {
		return nil
	}
	m, err := f.load(path)
	if err != nil {
		return err
	}
	f.seen[path] = true
	f.members = append(f.members, m)
	for _, d := range m.deps {
		if err := f.add(d.manifest, true); err != nil {
			return depError(m, d, err)
		}
	}
	return nil
}

// depError names the dependency at fault, innermost only: chains of path
// dependencies may be long.
func depError(m *manifest, d pathDep, err error) error {
	if inner := (*DependencyError)(nil); errors.As(err, &inner) {
		return err
	}
	return &DependencyError{Name: d.name, Manifest: m.path, Err: err}
}
