package explain

import (
	"cmp"
	"slices"

	"cargohome/internal/resolve"
)

// node is a package, or with builds a package built for something: what is not built on the
// host with the same features does not need the same there.
type node = int

// edge is what one node needs of another.
type edge struct {
	from, to node
	declared []*resolve.Dependency // in order of their kinds; none if that is not known
}

// graph is who needs whom among the packages of a lockfile.
type graph struct {
	packages []int    // of each node, index into the packages of the lockfile
	nodes    [][]node // of each package
	roots    []node   // what is there by itself
	edges    []edge
	into     [][]int // of each node, indices into edges, in order of where they come from
	out      [][]int // of each node, likewise of where they lead

	index map[[2]node]int
	added map[added]bool
}

type added struct {
	edge int
	*resolve.Dependency
}

// newGraph returns a graph with a node for each in packages.
func newGraph(all int, packages []int) *graph {
	g := &graph{packages: packages, nodes: make([][]node, all), index: map[[2]node]int{}, added: map[added]bool{}}
	g.into, g.out = make([][]int, len(packages)), make([][]int, len(packages))
	for n, pkg := range packages {
		g.nodes[pkg] = append(g.nodes[pkg], n)
	}
	return g
}

// add adds that a node needs another, by a declared dependency if that is not nil.
func (g *graph) add(from, to node, d *resolve.Dependency) {
	at, ok := g.index[[2]node{from, to}]
	if !ok {
		at = len(g.edges)
		g.index[[2]node{from, to}] = at
		g.edges = append(g.edges, edge{from: from, to: to})
	}
	if d != nil && !g.added[added{at, d}] {
		g.added[added{at, d}] = true
		g.edges[at].declared = append(g.edges[at].declared, d)
	}
}

// finish puts the edges in order.
func (g *graph) finish() {
	slices.SortFunc(g.edges, func(a, b edge) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	for i := range g.edges {
		e := &g.edges[i]
		g.out[e.from] = append(g.out[e.from], i)
		g.into[e.to] = append(g.into[e.to], i)
		slices.SortStableFunc(e.declared, func(a, b *resolve.Dependency) int { return cmp.Compare(a.Kind, b.Kind) })
	}
	g.index, g.added = nil, nil
}

// nobody is what comes next to a node from which no way leads.
const nobody = -1

// back walks from the nodes of a package to all that need them, the nearest first. Of each
// it returns which node is next on the shortest way back, and how far that is.
func (g *graph) back(pkg int) (order, next []node, distance []int) {
	next, distance = make([]node, len(g.into)), make([]int, len(g.into))
	for i := range next {
		next[i] = nobody
	}
	order = slices.Clone(g.nodes[pkg])
	for n := 0; n < len(order); n++ {
		for _, i := range g.into[order[n]] {
			if from := g.edges[i].from; g.packages[from] != pkg && next[from] == nobody {
				next[from], distance[from] = order[n], distance[order[n]]+1
				order = append(order, from)
			}
		}
	}
	return order, next, distance
}

// above returns the part of the graph from which dependencies lead to a package, with a
// node for each package: that one first, the others in order.
func (g *graph) above(pkg int) *graph {
	order, _, _ := g.back(pkg)
	var packages []int
	reached := make([]bool, len(g.out))
	for _, n := range order {
		reached[n] = true
		if g.packages[n] != pkg {
			packages = append(packages, g.packages[n])
		}
	}
	slices.Sort(packages)
	part := newGraph(len(g.nodes), append([]int{pkg}, slices.Compact(packages)...))
	for i := range g.edges {
		e := &g.edges[i]
		if !reached[e.from] || !reached[e.to] {
			continue
		}
		from, to := part.nodes[g.packages[e.from]][0], part.nodes[g.packages[e.to]][0]
		part.add(from, to, nil)
		for _, d := range e.declared {
			part.add(from, to, d)
		}
	}
	part.finish()
	return part
}

// reach returns which packages the roots need, and they themselves, on ways that do not
// pass through a certain one; nobody stops no way.
func (g *graph) reach(without int) []bool {
	seen, packages := make([]bool, len(g.out)), make([]bool, len(g.nodes))
	var queue []node
	arrive := func(n node) {
		if pkg := g.packages[n]; pkg != without && !seen[n] {
			seen[n], packages[pkg] = true, true
			queue = append(queue, n)
		}
	}
	for _, root := range g.roots {
		arrive(root)
	}
	for n := 0; n < len(queue); n++ {
		for _, i := range g.out[queue[n]] {
			arrive(g.edges[i].to)
		}
	}
	return packages
}
