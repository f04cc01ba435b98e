package workspace

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/manifest"
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
func (w *Workspace) PathPackages() ([]*manifest.Manifest, error) {
	s := pathSearch{Reader: w.reader, found: map[string]*manifest.Manifest{}}
	for _, m := range w.members {
		s.found[m.Dir] = m
	}
	if err := s.needed(w.members); err != nil {
		return nil, err
	}
	root, err := w.reader.Load(w.Root)
	if err != nil {
		return nil, err
	}
	for d := range byPath(root.Patches) {
		if err := s.follow(root, d); err != nil {
			return nil, err
		}
	}
	if err := s.rest(root); err != nil {
		return nil, err
	}
	return s.packages(), nil
}

// A pathSearch collects manifests by their folders.
type pathSearch struct {
	*manifest.Reader
	found map[string]*manifest.Manifest
	order []*manifest.Manifest // those beyond the members, as found
}

// needed follows the dependencies that every resolution needs.
func (s *pathSearch) needed(members []*manifest.Manifest) error {
	for _, m := range members {
		for d := range byPath(m.Dependencies) {
			if err := s.follow(m, d); err != nil {
				return err
			}
		}
	}
	for i := 0; i < len(s.order); i++ {
		m := s.order[i]
		for d := range byPath(m.Dependencies) {
			if d.Optional || d.Kind == manifest.Dev {
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
func (s *pathSearch) rest(root *manifest.Manifest) error {
	for d := range byPath(root.Replaced) {
		if err := s.try(root, d); err != nil {
			return err
		}
	}
	for i := 0; i < len(s.order); i++ {
		for d := range byPath(s.order[i].Dependencies) {
			if err := s.try(s.order[i], d); err != nil {
				return err
			}
		}
	}
	return nil
}

// try is follow with no error but that of a limit.
func (s *pathSearch) try(m *manifest.Manifest, d manifest.Dependency) error {
	err := s.follow(m, d)
	if limit := (*manifest.LimitError)(nil); errors.As(err, &limit) {
		return err
	}
	return nil
}

// follow adds the package that a dependency of m names.
func (s *pathSearch) follow(m *manifest.Manifest, d manifest.Dependency) error {
	if s.found[d.Dir] != nil {
		return nil
	}
	target, err := s.Load(d.Dir)
	if err == nil && target.Virtual {
		err = fmt.Errorf("manifest %q has no [package]", target.File)
	}
	if err != nil {
		return depError(m, d, err)
	}
	s.found[d.Dir] = target
	s.order = append(s.order, target)
	return nil
}

func (s *pathSearch) packages() []*manifest.Manifest {
	var out []*manifest.Manifest
	for _, m := range s.found {
		if !m.Virtual {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, comparePackages)
	return out
}

func comparePackages(a, b *manifest.Manifest) int {
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		crate.CompareVersions(a.Version, b.Version),
		strings.Compare(a.Dir, b.Dir),
	)
}
