package resolve

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/glob"
	"cargohome/internal/spelling"
)

// selection is what a request means in a workspace.
type selection struct {
	*Graph
	*Workspace
	*Request
	members   []int // asked for
	specs     []spec
	others    []int // packages asked for that are no members
	unmatched []string
}

// spec is a package id specification that was asked for.
type spec struct {
	text  string
	match func(crate.ID) bool
}

// find finds the members that are asked for (cargo 1.95: ops/cargo_compile/packages.rs).
func (s *selection) find() error {
	switch {
	case len(s.Exclude) > 0 && !s.All:
		return fmt.Errorf("%w: what is excluded is excluded from the whole workspace, and that is not asked for", ErrRequest)
	case s.All:
		s.members = slices.Clone(s.Members)
		return firstError(s.checkMembers(), s.exclude())
	case len(s.Request.Packages) == 0:
		s.members = s.Default
		return nil
	}
	taken := map[int]bool{}
	for _, text := range s.Request.Packages {
		match, isPattern, err := matcher(text)
		if err != nil {
			return err
		}
		found := s.matching(s.Members, match)
		if isPattern && !takes(taken, found) {
			return s.unknown(text)
		}
		s.add(&s.members, found)
		if !isPattern {
			s.specs = append(s.specs, spec{text, match})
		}
	}
	return nil
}

// takes reports whether a pattern found members that no pattern before it did, and takes
// note of them. Cargo asks no further for one that a pattern matches, and so takes one that
// matches no others for one that matches nothing (cargo 1.95: match_patterns).
func takes(taken map[int]bool, found []int) (fresh bool) {
	for _, p := range found {
		fresh = fresh || !taken[p]
		taken[p] = true
	}
	return fresh
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkMembers: with the whole workspace, packages are only looked for in it.
func (s *selection) checkMembers() error {
	taken := map[int]bool{}
	for _, text := range s.Request.Packages {
		match, isPattern, err := matcher(text)
		if err != nil {
			return err
		}
		found := s.matching(s.Members, match)
		if len(found) == 0 || isPattern && !takes(taken, found) {
			return s.unknown(text)
		}
	}
	return nil
}

func (s *selection) add(list *[]int, packages []int) {
	for _, p := range packages {
		if !slices.Contains(*list, p) {
			*list = append(*list, p)
		}
	}
}

// settle finds the one package that each specification means among those that the first
// pass came to.
func (s *selection) settle(reached []int) error {
	meant := slices.Concat(reached, s.replacedBy(reached))
	for _, sp := range s.specs {
		found := s.matching(meant, sp.match)
		switch len(found) {
		case 0:
			return s.unknown(sp.text)
		case 1:
			if !slices.Contains(s.members, found[0]) {
				s.add(&s.others, found)
			}
			continue
		}
		err := &AmbiguousError{Spec: sp.text}
		for _, p := range found {
			err.IDs = append(err.IDs, s.id(p))
		}
		return err
	}
	return nil
}

// replacedBy returns what [replace] has put others in place of. Cargo resolves it all the
// same, and a specification can mean it.
func (s *selection) replacedBy(reached []int) (list []int) {
	for i := range s.Graph.lock.Packages {
		id := s.Graph.lock.Packages[i].Replace
		if id != nil && slices.Contains(reached, s.Graph.lock.Find(*id)) {
			list = append(list, i)
		}
	}
	return list
}

func (s *selection) unknown(text string) error {
	var names []string
	for _, p := range s.Members {
		names = append(names, s.id(p).Name)
	}
	for i := range s.Graph.packages {
		names = append(names, s.id(i).Name)
	}
	return &UnknownError{What: "package", Name: text, Nearest: spelling.Nearest(strings.Trim(text, "*"), names)}
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
		return nil, false, &SpecError{crate.Redact(text), err}
	}
	pattern, err := glob.ParsePart(text)
	if err != nil {
		return nil, true, fmt.Errorf("%w: pattern %q: %w", ErrRequest, text, err)
	}
	return func(id crate.ID) bool { return pattern.Match(id.Name) }, true, nil
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
