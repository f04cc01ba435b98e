package resolve

import "slices"

// What a package is there for in the first pass, in place of what it is built for.
const (
	asDependency = ForTarget
	asMember     = ForHost
)

// survey is the first pass: that by which Cargo makes a lockfile, for what is asked (cargo
// 1.95: core/resolver/dep_cache.rs, resolve_features). It knows no platforms, and "d?/f"
// turns on d. What it does not come to, the second does not follow, and that is less than
// it seems: the dev-dependencies of a member have only those features that the command
// asks of the member, and not those that other packages do.
//
// It returns which dependencies of each package were come to, and which packages, in
// order.
func (g *Graph) survey(roots []root) (known [][]bool, reached []int, err error) {
	a := g.newActivation(&scope{}, nil)
	a.wide = true
	if err := a.run(roots); err != nil {
		return nil, nil, err
	}
	known = make([][]bool, len(g.packages))
	for pkg := range known {
		known[pkg] = make([]bool, len(g.packages[pkg].edges))
		a.note(newSlot(pkg, asDependency), known[pkg])
		a.note(newSlot(pkg, asMember), known[pkg])
		if a.states[newSlot(pkg, asDependency)].walked || a.states[newSlot(pkg, asMember)].walked {
			reached = append(reached, pkg)
		}
	}
	return known, reached, nil
}

// note adds the dependencies that were come to from a slot.
func (a *activation) note(s slot, known []bool) {
	n, st := &a.packages[s.pkg()], &a.states[s]
	for i := range n.edges {
		if st.walked && a.counts(s, i) && st.on(&n.edges[i]) {
			known[i] = true
		}
	}
}

// Link is a dependency, and what is locked for it.
type Link struct {
	From       int         // index of the dependent into the packages of the lockfile
	Dependency *Dependency // as it was given
	To         int         // index of the package; -1 if none is locked that would do
	Elsewhere  bool        // To is of another source than the dependency asks for
}

// Survey is what Cargo comes to when it makes a lockfile for what is asked: dependencies
// of all platforms, and of members the dev-dependencies. With all members and all their
// features that is the lockfile of the workspace.
type Survey struct {
	graph *Graph
	known [][]bool // of each package's dependencies, those that were come to
	roots []int    // members that it begins at
	asked []int    // packages that are asked for
}

// Survey makes one. The error is as that of [Graph.Resolve].
func (g *Graph) Survey(w *Workspace, r *Request) (*Survey, error) {
	s := &selection{Graph: g, Workspace: w, Request: r}
	if err := s.find(); err != nil {
		return nil, err
	}
	roots, err := s.roots()
	if err != nil {
		return nil, err
	}
	known, reached, err := g.survey(roots)
	if err == nil {
		err = s.settle(reached)
	}
	if err != nil {
		return nil, err
	}
	out := &Survey{graph: g, known: known, asked: slices.Concat(s.members, s.others)}
	for _, root := range roots {
		out.roots = append(out.roots, root.pkg)
	}
	return out, nil
}

// Links returns the dependencies, in the order of the dependents.
func (s *Survey) Links() []Link {
	n := 0
	for from := range s.known {
		n += len(s.known[from])
	}
	links := make([]Link, 0, n)
	for from := range s.known {
		for i, on := range s.known[from] {
			if e := &s.graph.packages[from].edges[i]; on {
				links = append(links, Link{from, e.Dependency, e.to, e.elsewhere})
			}
		}
	}
	return links
}

// Links returns the dependencies of the package of a number for which a package is locked,
// in their order. A build need not use them, and the lockfile need not have them for that
// package: dev-dependencies of what is no member, optional ones that nothing turns on.
func (g *Graph) Links(pkg int) (links []Link) {
	for _, e := range g.packages[pkg].edges {
		if e.to != none {
			links = append(links, Link{pkg, e.Dependency, e.to, e.elsewhere})
		}
	}
	return links
}
