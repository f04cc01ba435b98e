package resolve

// place is where a package is built for: a target by its index, or one of two more.
type place int

// point is a package at a place.
type point struct {
	pkg int
	at  place
}

// reach is the pass that finds the packages of a build, nearest first.
type reach struct {
	*activation
	kinds   Kinds
	targets int // how many places are targets; those of the host and of artifacts follow
	seen    []bool
	queue   []point
	paths   []passage
	passed  map[slot][]bool // for each dependency of the slot, whether it is in paths
	chosen  []bool          // by slot: selected
}

// passage is a dependency that was followed.
type passage struct {
	from, to slot
	edge     *edge
}

func newReach(a *activation, r *Request) *reach {
	targets := len(r.Targets)
	if r.AnyPlatform {
		targets = 1
	}
	return &reach{
		activation: a,
		kinds:      r.Kinds,
		targets:    targets,
		seen:       make([]bool, len(a.packages)*(targets+2)),
		passed:     map[slot][]bool{},
		chosen:     make([]bool, len(a.states)),
	}
}

func (r *reach) host() place     { return place(r.targets) }
func (r *reach) artifact() place { return place(r.targets + 1) }

func (r *reach) what(at place) For { return For(max(0, int(at)-r.targets+1)) }

func (r *reach) index(p point) int { return p.pkg*(r.targets+2) + int(p.at) }

func (r *reach) slot(p point) slot { return newSlot(p.pkg, r.what(p.at)) }

// start adds a selected package. A procedural macro is for the host; binaries and tests
// beside it are for the targets, which `cargo tree` does not show.
func (r *reach) start(pkg int) {
	p := &r.packages[pkg]
	if p.ProcMacro {
		r.choose(point{pkg, r.host()})
	}
	if p.ProcMacro && !p.Binaries && !(p.DevTargets && r.kinds.Has(Dev)) {
		return
	}
	for t := range r.targets {
		r.choose(point{pkg, place(t)})
	}
}

// startAs adds a package that is not a member, as others need it.
func (r *reach) startAs(others *reach, pkg int) {
	for at := range place(r.targets + 2) {
		if others.seen[others.index(point{pkg, at})] {
			r.choose(point{pkg, at})
		}
	}
}

func (r *reach) choose(p point) {
	r.chosen[r.slot(p)] = true
	r.arrive(p)
}

func (r *reach) arrive(p point) {
	if i := r.index(p); !r.seen[i] {
		r.seen[i] = true
		r.queue = append(r.queue, p)
	}
}

// run follows dependencies until there are no new packages.
func (r *reach) run() {
	for len(r.queue) > 0 {
		p := r.queue[0]
		r.queue = r.queue[1:]
		n := &r.packages[p.pkg]
		for i := range n.edges {
			if r.built(p, i) {
				r.pass(p, i)
			}
		}
	}
}

// built reports whether dependency i of what is built at a point is.
func (r *reach) built(p point, i int) bool {
	e := &r.packages[p.pkg].edges[i]
	if !r.kinds.Has(e.Kind) || e.to == none || !r.known[p.pkg][i] {
		return false
	}
	var onTarget []bool
	if int(p.at) < len(r.onTarget) {
		onTarget = r.onTarget[p.at]
	}
	return r.meant(r.what(p.at), e, onTarget) && r.stateOf(r.slot(p)).on(e)
}

// pass goes along dependency i.
func (r *reach) pass(p point, i int) {
	e, at := &r.packages[p.pkg].edges[i], p.at
	if e.Kind == Build || r.packages[e.to].ProcMacro {
		at = r.host()
	}
	r.arrive(point{e.to, at})
	if e.Artifact {
		r.arrive(point{e.to, r.artifact()})
	}
	from := r.slot(p)
	if r.passed[from] == nil {
		r.passed[from] = make([]bool, len(r.packages[p.pkg].edges))
	}
	if r.passed[from][i] {
		return
	}
	r.passed[from][i] = true
	r.paths = append(r.paths, passage{from, newSlot(e.to, r.what(at)), e})
	if e.Artifact {
		r.paths = append(r.paths, passage{from, newSlot(e.to, ForArtifact), e})
	}
}

// resolution lists what was reached.
func (r *reach) resolution() *Resolution {
	res := &Resolution{}
	number := make([]int, len(r.states))
	for s := range slot(len(r.states)) {
		u := Use{Package: s.pkg(), For: s.what(), Selected: r.chosen[s]}
		if !r.reached(&u) {
			continue
		}
		u.Features = r.stateOf(s).list(&r.packages[s.pkg()])
		number[s] = len(res.Uses)
		res.Uses = append(res.Uses, u)
	}
	for _, p := range r.paths {
		to := &res.Uses[number[p.to]]
		to.Edges = append(to.Edges, Edge{number[p.from], p.edge.Dependency})
	}
	return res
}

// reached sets for which targets a package is built, and reports whether it is at all.
func (r *reach) reached(u *Use) bool {
	at := r.seen[u.Package*(r.targets+2):][:r.targets+2]
	switch u.For {
	case ForHost:
		return at[r.host()]
	case ForArtifact:
		return at[r.artifact()]
	}
	for t, seen := range at[:r.targets] {
		if seen {
			u.Targets = append(u.Targets, t)
		}
	}
	found := len(u.Targets) > 0
	if r.any {
		u.Targets = nil
	}
	return found
}
