package manifest

import (
	"errors"
	"fmt"
	"iter"
	"strings"
)

// ErrWorkspace is matched by errors about manifests that do not fit together as a
// workspace; those returned say more.
var ErrWorkspace = errors.New("invalid workspace")

// A Root is the [workspace] of a manifest: what makes this one the root of a workspace,
// and what the members may inherit. A list is nil if its key is absent.
type Root struct {
	Members, DefaultMembers, Exclude []string // patterns and paths, as they stand there

	dir               string
	table             *tomlWorkspace
	site              Site
	excluded, spelled prefixSet // Exclude and Members as plain paths
}

// newRoot returns nil for a manifest that is no root.
func newRoot(site Site, dir string, m *tomlManifest) (*Root, error) {
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
	return &Root{
		w.Members, w.DefaultMembers, w.Exclude,
		dir, w, site, newPrefixSet(site, dir, w.Exclude), newPrefixSet(site, dir, w.Members),
	}, nil
}

func isTrue(b *bool) bool { return b != nil && *b }

func (m *tomlManifest) pkg() *tomlPackage {
	if m.Package != nil {
		return m.Package
	}
	return m.Project
}

// Excludes reports whether the workspace disowns a folder or manifest. Patterns mean
// nothing here: neither list is expanded (cargo 1.95: is_excluded).
func (w *Root) Excludes(path string) bool {
	path = w.site.Spell(path, "")
	return w.excluded.covers(path) && !w.spelled.covers(path)
}

// A prefixSet holds spelled paths and tells whether one of them is a prefix of another
// path, part by part. However many it holds, asking costs only the parts of the
// path asked for.
type prefixSet map[string]struct{}

func newPrefixSet(site Site, dir string, paths []string) prefixSet {
	s := make(prefixSet, len(paths))
	for _, p := range paths {
		s[site.Spell(dir, p)] = struct{}{}
	}
	return s
}

func (s prefixSet) covers(path string) bool {
	for p := path; ; p = p[:strings.LastIndexByte(p, '/')] {
		if _, ok := s[p]; ok {
			return true
		}
		if strings.LastIndexByte(p, '/') < 0 {
			return false
		}
	}
}

// FindRoot returns the folder of the root of the workspace that the manifest in dir
// belongs to, "" if it is in none.
func (r *Reader) FindRoot(dir string) (string, error) {
	m, err := r.load(dir)
	if err != nil {
		return "", err
	}
	if root, err := r.rootFor(m, dir); root != "" || err != nil {
		return root, err
	}
	return r.walkUp(dir)
}

// rootFor returns the root that m names for the manifest in dir: itself, or the one it
// points to. "" means neither.
func (r *Reader) rootFor(m *packageManifest, dir string) (string, error) {
	if m.root != nil && !m.root.Excludes(r.site.Manifest(dir)) {
		return m.dir, nil
	}
	return r.pointer(m.dir, m.toml)
}

// pointer returns the folder that package.workspace names, "" if it is absent.
func (r *Reader) pointer(dir string, m *tomlManifest) (string, error) {
	if p := m.pkg(); p != nil && p.Workspace != nil {
		return r.site.Join(dir, *p.Workspace)
	}
	return "", nil
}

// walkUp looks for a root above the manifest in dir. One that was read before is
// found wherever it is, without asking those between.
func (r *Reader) walkUp(dir string) (string, error) {
	file := r.site.Manifest(dir)
	for d := range r.upFrom(dir) {
		if root := r.roots[d]; root != nil && !root.Excludes(file) {
			return d, nil
		}
	}
	for d := range r.candidates(dir) {
		m, err := r.load(d)
		if err != nil {
			return "", fmt.Errorf("look for the workspace of %q: %w", file, err)
		}
		if root, err := r.rootFor(m, dir); root != "" || err != nil {
			return root, err
		}
	}
	return "", nil
}

// upFrom yields dir and the folders above it.
func (r *Reader) upFrom(dir string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for yield(dir) {
			parent := r.site.Parent(dir)
			if parent == dir {
				return
			}
			dir = parent
		}
	}
}

// candidates yields the folders above dir that have a manifest, nearest first.
// Crates of registries unpacked in a Cargo home within the workspace, and those
// being packaged, must not be drawn into it (cargo 1.95: find_root_iter).
func (r *Reader) candidates(dir string) iter.Seq[string] {
	return func(yield func(string) bool) {
		last := ""
		for d := range r.upFrom(dir) {
			if d == dir {
				continue
			}
			beingPackaged := strings.HasSuffix(r.site.Spell(d, ""), "/target/package")
			if beingPackaged || last != "" && last == r.home || r.exists(d, FileName) && !yield(d) {
				return
			}
			last = d
		}
	}
}

// sharedFor returns the [workspace] that the manifest in dir inherits from. Here an
// exclusion of it from its own workspace does not count.
func (r *Reader) sharedFor(dir string, m *tomlManifest) (*Root, error) {
	if m.Workspace != nil {
		return r.roots[dir], nil
	}
	root, err := r.pointer(dir, m)
	if root == "" && err == nil {
		root, err = r.walkUp(dir)
	}
	if err != nil {
		return nil, err
	}
	if root == "" {
		return nil, fmt.Errorf("%w: it inherits, but there is no workspace to inherit from", ErrWorkspace)
	}
	if known := r.roots[root]; known != nil {
		return known, nil
	}
	found, err := r.load(root)
	if err != nil {
		return nil, err
	}
	if found.root == nil {
		return nil, fmt.Errorf("%w: %q is taken for its root, but has no [workspace]", ErrWorkspace, r.site.Manifest(root))
	}
	return found.root, nil
}
