package manifest

import (
	"fmt"
	"path/filepath"
)

// A rootConfig is the [workspace] of a root manifest.
type rootConfig struct {
	*workspaceTable
	dir               string
	excluded, spelled prefixSet // exclude and members as plain paths
}

func newRootConfig(dir string, t *workspaceTable) *rootConfig {
	return &rootConfig{t, dir, newPrefixSet(dir, t.exclude), newPrefixSet(dir, t.members)}
}

// excludes reports whether the workspace disowns path. Patterns mean nothing
// here: neither list is expanded (cargo 1.95: is_excluded).
func (r *rootConfig) excludes(path string) bool {
	return r.excluded.covers(path) && !r.spelled.covers(path)
}

// rootFor returns the root that m names for the manifest from: itself, or the one
// it points to. "" means neither.
func (m *manifest) rootFor(from string) string {
	if m.root != nil && !m.root.excludes(from) {
		return m.path
	}
	return m.pointer
}

// findRoot returns the manifest of the root of path's workspace, "" if it is in
// none.
func (l *loader) findRoot(path string) (string, error) {
	m, err := l.load(path)
	if err != nil {
		return "", err
	}
	if root := m.rootFor(path); root != "" {
		return root, nil
	}
	return l.walkUp(path)
}

// walkUp looks for a root above the manifest path. One that was read before is
// found wherever it is, without asking those between.
func (l *loader) walkUp(path string) (string, error) {
	for dir := range ancestors(filepath.Dir(path)) {
		if r := l.roots[dir]; r != nil && !r.excludes(path) {
			return filepath.Join(dir, fileName), nil
		}
	}
	for _, candidate := range l.candidates(path) {
		m, err := l.load(candidate)
		if err != nil {
			return "", fmt.Errorf("look for the workspace of %q: %w", path, err)
		}
		if root := m.rootFor(path); root != "" {
			return root, nil
		}
	}
	return "", nil
}

// candidates lists the manifests in folders above that of path, nearest first.
// Crates of registries unpacked in a Cargo home within the workspace, and those
// being packaged, must not be drawn into it (cargo 1.95: find_root_iter).
func (l *loader) candidates(path string) []string {
	var found []string
	own, last := filepath.Dir(path), ""
	for dir := range ancestors(own) {
		if dir == own {
			continue
		}
		if isTargetPackage(dir) || last != "" && last == l.home {
			break
		}
		if p := filepath.Join(dir, fileName); exists(p) {
			found = append(found, p)
		}
		last = dir
	}
	return found
}

func isTargetPackage(dir string) bool {
	return filepath.Base(dir) == "package" && filepath.Base(filepath.Dir(dir)) == "target"
}

// inheritable returns the [workspace] that m inherits from. Here an exclusion of
// m from its own workspace does not count.
func (l *loader) inheritable(m *manifest) (*rootConfig, error) {
	if m.root != nil {
		return m.root, nil
	}
	root, err := m.pointer, error(nil)
	if root == "" {
		root, err = l.walkUp(m.path)
	}
	if err != nil {
		return nil, err
	}
	if root == "" {
		return nil, fmt.Errorf("%w: it inherits, but there is no workspace to inherit from", ErrWorkspace)
	}
	return l.rootConfig(root)
}

// rootConfig returns the [workspace] of the manifest at path.
func (l *loader) rootConfig(path string) (*rootConfig, error) {
	if r := l.roots[filepath.Dir(path)]; r != nil {
		return r, nil
	}
	m, err := l.load(path)
	if err != nil {
		return nil, err
	}
	if m.root == nil {
		return nil, fmt.Errorf("%w: %q is taken for its root, but has no [workspace]", ErrWorkspace, path)
	}
	return m.root, nil
}
