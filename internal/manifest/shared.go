package manifest

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// sharedTables is what the [workspace] of a root lets its members inherit.
type sharedTables struct {
	*tomlWorkspace
	dir  string
	root *rootConfig // decides what is excluded; its paths begin with a slash
}

// newSharedTables returns nil for a manifest that is no root.
func newSharedTables(dir string, m *tomlManifest) (*sharedTables, error) {
	w := m.Workspace
	if w == nil {
		return nil, nil
	}
	if p := m.pkg(); p != nil && p.Workspace != nil {
		return nil, errors.New("it has both package.workspace and a [workspace]")
	}
	for name, d := range w.Dependencies {
		if isTrue(d.Optional) || isTrue(d.Public) {
			return nil, fmt.Errorf("dependency %q of the workspace may be neither optional nor public", name)
		}
	}
	if err := checkLints(w.Lints); err != nil {
		return nil, err
	}
	table := &workspaceTable{members: w.Members, exclude: w.Exclude}
	return &sharedTables{w, dir, newRootConfig(rooted(dir), table)}, nil
}

// rooted makes a path in the tree an absolute one, for the functions that
// compare paths.
func rooted(p string) string { return path.Join("/", p) }

func (s *sharedTables) excludes(dir string) bool {
	return s.root.excludes(rooted(path.Join(dir, fileName)))
}

func isTrue(b *bool) bool { return b != nil && *b }

func (m *tomlManifest) pkg() *tomlPackage {
	if m.Package != nil {
		return m.Package
	}
	return m.Project
}

// findRoot returns the folder of the root above that of a manifest; "" if there is
// none. The rules are those of [loader.walkUp], but nothing lies above the tree.
func (t *Tree) findRoot(dir string) (string, error) {
	for d := range above(dir, true) {
		if r := t.roots[d]; r != nil && !r.excludes(dir) {
			return d, nil
		}
	}
	for d := range above(dir, false) {
		if isTargetPackage(rooted(d)) {
			break
		}
		if !t.exists(d, fileName) {
			continue
		}
		m, err := t.load(d)
		if err != nil {
			return "", fmt.Errorf("look for the workspace: %w", err)
		}
		if root, err := m.rootFor(dir); root != "" || err != nil {
			return root, err
		}
	}
	return "", nil
}

// above yields the folders over dir up to the tree's root, and dir itself first if
// it is asked for.
func above(dir string, self bool) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if self && !yield(dir) {
			return
		}
		for dir != "." {
			dir = path.Dir(dir)
			if !yield(dir) {
				return
			}
		}
	}
}

// rootFor returns the folder that m names as the root for the manifest in dir.
func (m *packageManifest) rootFor(dir string) (string, error) {
	if m.shared != nil {
		if m.shared.excludes(dir) {
			return "", nil
		}
		return m.dir, nil
	}
	if p := m.toml.Package; p != nil && p.Workspace != nil {
		return inside(m.dir, *p.Workspace)
	}
	return "", nil
}

// sharedFor returns what the manifest in dir may inherit.
func (t *Tree) sharedFor(dir string, toml *tomlManifest) (*sharedTables, error) {
	if toml.Workspace != nil {
		return t.roots[dir], nil
	}
	root, err := "", error(nil)
	if p := toml.pkg(); p != nil && p.Workspace != nil {
		root, err = inside(dir, *p.Workspace)
	} else {
		root, err = t.findRoot(dir)
	}
	if err != nil {
		return nil, err
	}
	if root == "" {
		return nil, fmt.Errorf("%w: it inherits, but there is no workspace to inherit from", ErrWorkspace)
	}
	return t.sharedAt(root)
}

func (t *Tree) sharedAt(dir string) (*sharedTables, error) {
	if s := t.roots[dir]; s != nil {
		return s, nil
	}
	m, err := t.load(dir)
	if err != nil {
		return nil, err
	}
	if m.shared == nil {
		return nil, fmt.Errorf("%w: %q is taken for its root, but has no [workspace]", ErrWorkspace, path.Join(dir, fileName))
	}
	return m.shared, nil
}

// rebase returns the path name, relative to the folder from, as one relative to
// the folder to. Both are in the tree, the result may lead out of it.
func rebase(name, from, to string) (string, error) {
	if path.IsAbs(name) {
		return "", fmt.Errorf("absolute path %q cannot be inherited", name)
	}
	target := parts(path.Join(from, name))
	base := parts(to)
	for len(target) > 0 && len(base) > 0 && target[0] == base[0] {
		target, base = target[1:], base[1:]
	}
	return strings.Join(append(slices.Repeat([]string{".."}, len(base)), target...), "/"), nil
}

// parts returns the names of a clean path, none for ".".
func parts(p string) []string {
	return slices.DeleteFunc(strings.Split(p, "/"), func(s string) bool { return s == "." })
}
