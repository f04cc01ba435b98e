package resolve

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
