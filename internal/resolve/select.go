package resolve

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/spelling"
)

// selection is what a request means in a workspace.
type selection struct {
	*Graph
	*Workspace
	*Request
	members   []int // asked for
	others    []int // packages asked for that are no members
	unmatched []string
}

// packages finds what is asked for (cargo 1.95: ops/cargo_compile/packages.rs).
func (s *selection) find() error {
	switch {
	case len(s.Exclude) > 0 && !s.All:
		return fmt.Errorf("%w: what is excluded is excluded from the whole workspace, and that is not asked for", ErrRequest)
	case s.All:
		s.members = slices.Clone(s.Members)
		if err := s.each(s.Request.Packages, func(string, []int) {}); err != nil {
			return err
		}
		return s.exclude()
	case len(s.Request.Packages) == 0:
		s.members = s.Default
		return nil
	}
	return s.each(s.Request.Packages, func(_ string, found []int) {
		for _, p := range found {
			list := &s.others
			if slices.Contains(s.Members, p) {
				list = &s.members
			}
			if !slices.Contains(*list, p) {
				*list = append(*list, p)
			}
		}
	})
}

// each calls f with the packages that each text means.
func (s *selection) each(texts []string, f func(text string, found []int)) error {
	for _, text := range texts {
		found, err := s.meant(text)
		if err != nil {
			return err
		}
		f(text, found)
	}
	return nil
}

// meant returns the packages that a specification or a pattern means: members, and if there
// are none of that name the one locked package.
func (s *selection) meant(text string) ([]int, error) {
	match, isPattern, err := matcher(text)
	if err != nil {
		return nil, err
	}
	found := s.matching(s.Members, match)
	if len(found) > 0 {
		return found, nil
	}
	if !isPattern {
		all := make([]int, len(s.Graph.packages))
		for i := range all {
			all[i] = i
		}
		found = s.matching(all, match)
	}
	if len(found) == 0 {
		return nil, &UnknownError{What: "package", Name: text, Nearest: s.nearest(text)}
	}
	if len(found) > 1 {
		err := &AmbiguousError{Spec: text}
		for _, p := range found {
			err.IDs = append(err.IDs, s.id(p))
		}
		return nil, err
	}
	return found, nil
}

func (s *selection) id(pkg int) crate.ID { return s.Graph.packages[pkg].id }

func (s *selection) matching(packages []int, match func(crate.ID) bool) []int {
	var found []int
	for _, p := range packages {
		if match(s.id(p)) {
			found = append(found, p)
		}
	}
	return found
}

// matcher reads a specification or, if it is none, a pattern.
func matcher(text string) (match func(crate.ID) bool, isPattern bool, err error) {
	spec, err := crate.ParseSpec(text)
	if err == nil {
		return spec.Matches, false, nil
	}
	if !strings.ContainsAny(text, "*?[]") {
		return nil, false, err
	}
	if _, err := path.Match(text, ""); err != nil {
		return nil, true, fmt.Errorf("%w: pattern %q: %w", ErrRequest, text, err)
	}
	return func(id crate.ID) bool {
		ok, _ := path.Match(text, id.Name)
		return ok
	}, true, nil
}

func (s *selection) nearest(name string) string {
	var names []string
	for _, p := range s.Members {
		names = append(names, s.id(p).Name)
	}
	for i := range s.Graph.packages {
		names = append(names, s.id(i).Name)
	}
	return spelling.Nearest(name, names)
}

// exclude takes members out. Of what excludes none, Cargo only warns.
func (s *selection) exclude() error {
	for _, text := range s.Exclude {
		match, _, err := matcher(text)
		if err != nil {
			return err
		}
		if len(s.matching(s.Members, match)) == 0 {
			s.unmatched = append(s.unmatched, text)
		}
		s.members = slices.DeleteFunc(s.members, func(p int) bool { return match(s.id(p)) })
	}
	return nil
}
