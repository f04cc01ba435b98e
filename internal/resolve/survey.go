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
		if st.walked && a.counts(s, i) && st.on(n, &n.edges[i]) {
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

// Survey returns the dependencies that Cargo comes to when it makes a lockfile for what is
// asked, in the order of the dependents: those of all platforms, and of members the
// dev-dependencies. With all members and all their features that is the lockfile of the
// workspace. Roots are the packages that are meant. The error is as that of [Graph.Resolve].
func (g *Graph) Survey(w *Workspace, r *Request) (links []Link, roots []int, err error) {
	s := &selection{Graph: g, Workspace: w, Request: r}
	if err := s.find(); err != nil {
		return nil, nil, err
	}
	from, err := s.roots()
	if err != nil {
		return nil, nil, err
	}
	known, reached, err := g.survey(from)
	if err == nil {
		err = s.settle(reached)
	}
	if err != nil {
		return nil, nil, err
	}
	for from := range known {
		for i, on := range known[from] {
			if e := &g.packages[from].edges[i]; on {
				links = append(links, Link{from, e.Dependency, e.to, e.elsewhere})
			}
		}
	}
	return links, slices.Concat(s.members, s.others), nil
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
