package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
)

// PathPackages returns the packages that Cargo knows by their folders in this
// workspace: the members, their path dependencies and those of these, of every
// kind and platform, and what [patch] and [replace] of the root name. They are
// sorted by name, version and folder. Patches made by configuration files are not
// among them.
//
// A folder without a usable manifest is a [DependencyError] where Cargo cannot
// resolve without it: any path dependency of a member, one of another path
// package unless it is optional or for development, and a patch. Elsewhere it is
// left out: that an optional dependency of a path package outside the workspace
// is wanted, or that a patch is used and needs its dependencies, would take a
// resolution to know.
func (w *Workspace) PathPackages() ([]Package, error) {
	s := pathSearch{loader: w.loader, found: map[string]*manifest{}}
	for _, m := range w.members {
		s.found[m.path] = m
	}
	if err := s.needed(w.members); err != nil {
		return nil, err
	}
	root, err := w.loader.load(w.Manifest)
	if err != nil {
		return nil, err
	}
	for _, d := range root.patches {
		if err := s.follow(root, d); err != nil {
			return nil, err
		}
	}
	if err := s.rest(root); err != nil {
		return nil, err
	}
	return s.packages(), nil
}

// A pathSearch collects manifests by path.
type pathSearch struct {
	*loader
	found map[string]*manifest
	order []*manifest // those beyond the members, as found
}

// needed follows the dependencies that every resolution needs.
func (s *pathSearch) needed(members []*manifest) error {
	for _, m := range members {
		for _, d := range m.deps {
			if err := s.follow(m, d); err != nil {
				return err
			}
		}
	}
	for i := 0; i < len(s.order); i++ {
		m := s.order[i]
		for _, d := range m.deps {
			if d.optional || d.kind == dev {
				continue
			}
			if err := s.follow(m, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest follows what is left, and passes over what it cannot
// (cargo 1.95: build_path_deps).
func (s *pathSearch) rest(root *manifest) error {
	for _, d := range root.replaced {
		if err := s.try(root, d); err != nil {
			return err
		}
	}
	for i := 0; i < len(s.order); i++ {
		for _, d := range s.order[i].deps {
			if err := s.try(s.order[i], d); err != nil {
				return err
			}
		}
	}
	return nil
}

// try is follow with no error but that of a limit.
func (s *pathSearch) try(m *manifest, d pathDep) error {
	err := s.follow(m, d)
	if limit := (*LimitError)(nil); errors.As(err, &limit) {
		return err
	}
	return nil
}

// follow adds the package that a dependency of m names.
func (s *pathSearch) follow(m *manifest, d pathDep) error {
	if s.found[d.manifest] != nil {
		return nil
	}
	target, err := s.load(d.manifest)
	if err == nil && target.virtual {
		err = fmt.Errorf("manifest %q has no [package]", target.path)
	}
	if err != nil {
		return depError(m, d, err)
	}
	s.found[target.path] = target
	s.order = append(s.order, target)
	return nil
}

func (s *pathSearch) packages() []Package {
	var out []Package
	for _, m := range s.found {
		if !m.virtual {
			out = append(out, m.describe())
		}
	}
	slices.SortFunc(out, Package.compare)
	return out
}

func (p Package) compare(o Package) int {
	return cmp.Or(
		strings.Compare(p.Name, o.Name),
		crate.CompareVersions(p.Version, o.Version),
		strings.Compare(p.Dir, o.Dir),
	)
}
