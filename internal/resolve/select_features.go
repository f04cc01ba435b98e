package resolve

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/internal/feature"
	"cargohome/internal/spelling"
)

// root is a member that features start from.
type root struct {
	pkg      int
	values   []feature.Value
	all      bool // of its features
	defaults bool
}

// roots returns the members that features start from: those asked for. If none is, all
// members are, without any wish, so that what is asked for is found among what they use.
//
// For a manifest with a package, resolver 1 goes by that one instead: it is there in any
// case, and the features are for it alone (cargo 1.95: core/workspace.rs,
// members_with_features).
func (s *selection) roots() ([]root, error) {
	values, err := s.values()
	if err != nil {
		return nil, err
	}
	if s.Resolver < 2 && s.Current != none {
		return s.oldRoots(values)
	}
	if len(s.members) == 0 {
		return s.allMembers()
	}
	found := map[feature.Value]bool{}
	var roots []root
	for _, p := range s.members {
		roots = append(roots, root{p, s.matchingValues(p, values, found), s.AllFeatures, !s.NoDefaultFeatures})
	}
	for _, v := range values {
		if !found[v] {
			return nil, s.unknownFeature(v)
		}
	}
	return roots, nil
}

func (s *selection) allMembers() ([]root, error) {
	if featured := len(s.Features) > 0 || s.AllFeatures || s.NoDefaultFeatures; featured && len(s.Request.Packages) > 0 {
		return nil, fmt.Errorf("%w: features are for members of the workspace, and %q is none", ErrRequest, s.Request.Packages[0])
	} else if featured {
		return nil, fmt.Errorf("%w: features are for members of the workspace, and none is asked for", ErrRequest)
	}
	var roots []root
	for _, p := range s.Members {
		roots = append(roots, root{pkg: p, defaults: true})
	}
	return roots, nil
}

// values reads [Request.Features].
func (s *selection) values() ([]feature.Value, error) {
	var values []feature.Value
	for _, list := range s.Features {
		for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || strings.ContainsRune(" \t\r\n", r) }) {
			v := feature.Parse(text)
			if v.Kind == feature.Dependency || strings.Contains(v.Feature, "/") {
				return nil, fmt.Errorf("%w: %q cannot be asked for: a feature is FEATURE, MEMBER/FEATURE or DEPENDENCY/FEATURE", ErrRequest, text)
			}
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	return values, nil
}

// matchingValues returns what a member takes of the values, and notes it in found.
func (s *selection) matchingValues(pkg int, values []feature.Value, found map[feature.Value]bool) []feature.Value {
	n := &s.Graph.packages[pkg]
	var own []feature.Value
	for _, v := range values {
		isDep := n.depNamed(v.Name) != none
		switch {
		case v.Kind != feature.Plain && isDep:
			own = append(own, v)
		case v.Kind == feature.Plain && n.speaksOf(v.Name):
			own = append(own, v)
		case v.Kind != feature.Plain && v.Name == n.id.Name && n.speaksOf(v.Feature):
			own = append(own, feature.Value{Name: v.Feature})
		default:
			continue
		}
		found[v] = true
	}
	return own
}

// speaksOf reports whether a member is meant by the name of a feature: it has that feature,
// or a dependency of that name, the last of several, is optional. Without the former it is
// refused later.
func (n *node) speaksOf(name string) bool {
	if n.featureNamed(name) != none {
		return true
	}
	at := n.depNamed(name)
	if at == none {
		return false
	}
	all := n.names[at].edges
	return n.edges[all[len(all)-1]].Optional
}

// oldRoots: features of the form MEMBER/FEATURE are for other members, all else is for the
// current one; the others have their defaults.
func (s *selection) oldRoots(values []feature.Value) ([]root, error) {
	var own []feature.Value
	passed := map[int][]feature.Value{}
	for _, v := range values {
		if p := s.namedMember(v); p != none {
			passed[p] = append(passed[p], feature.Value{Name: v.Feature})
		} else {
			own = append(own, v)
		}
	}
	var roots []root
	for _, p := range s.Members {
		switch {
		case p == s.Current:
			roots = append(roots, root{p, own, s.AllFeatures, !s.NoDefaultFeatures})
		case slices.Contains(s.members, p):
			roots = append(roots, root{p, passed[p], s.AllFeatures, true})
		}
	}
	return roots, nil
}

// namedMember returns the member asked for, other than the current one, that a value is
// meant for, or none.
func (s *selection) namedMember(v feature.Value) int {
	for _, p := range s.members {
		if v.Kind != feature.Plain && p != s.Current && s.id(p).Name == v.Name {
			return p
		}
	}
	return none
}

func (s *selection) unknownFeature(v feature.Value) error {
	var names, where []string
	for _, p := range s.members {
		names = append(names, s.Graph.packages[p].features...)
		where = append(where, s.id(p).Name)
	}
	wanted := v.Name
	if v.Kind != feature.Plain {
		wanted = v.Feature
	}
	return &UnknownError{"feature", v.String(), strings.Join(where, ", "), spelling.Nearest(wanted, names)}
}
