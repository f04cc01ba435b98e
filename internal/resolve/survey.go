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
// It returns which dependencies of each package were come to.
func (g *Graph) survey(roots []root) ([][]bool, error) {
	a := g.newActivation(&scope{}, nil)
	a.wide = true
	if err := a.run(roots); err != nil {
		return nil, err
	}
	known := make([][]bool, len(g.packages))
	for pkg := range known {
		n := &g.packages[pkg]
		known[pkg] = make([]bool, len(n.edges))
		for _, what := range []For{asDependency, asMember} {
			s := newSlot(pkg, what)
			for i := range n.edges {
				if st := &a.states[s]; st.walked && a.counts(s, i) && st.on(n, &n.edges[i]) {
					known[pkg][i] = true
				}
			}
		}
	}
	return known, nil
}
