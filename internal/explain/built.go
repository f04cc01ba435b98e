package explain

import (
	"errors"
	"slices"
	"strings"

	"cargohome/internal/resolve"
)

// linkBuilt takes what builds use.
func (l *lock) linkBuilt(known *resolve.Graph, w *resolve.Workspace, r *resolve.Request) error {
	res, err := known.Resolve(w, r)
	if errors.Is(err, resolve.ErrLock) {
		l.unknown = append(l.unknown, err)
		return nil
	}
	if err != nil {
		return err
	}
	var packages []int
	l.features = make([][]string, len(l.Lock.Packages))
	for _, u := range res.Uses {
		packages = append(packages, u.Package)
		l.features[u.Package] = append(l.features[u.Package], u.Features...)
	}
	for i, list := range l.features {
		slices.Sort(list)
		l.features[i] = slices.Compact(list)
	}
	l.built = newGraph(len(l.Lock.Packages), packages)
	for n, u := range res.Uses {
		if u.Selected {
			l.built.roots = append(l.built.roots, n)
		}
		for _, e := range u.Edges {
			l.built.add(e.From, n, e.Dependency)
		}
	}
	l.built.finish()
	l.shown = likeCargo(l.built, res)
	return nil
}

// unit is what `cargo tree` takes for one package.
type unit struct {
	pkg      int
	features string
}

// likeCargo returns the graph that `cargo tree` walks. A package that is built for the
// target and for the host with the same features is one there, and needs what it needed
// when it was come to first, depth first in order of the packages (cargo 1.95:
// ops/tree/graph.rs, add_pkg).
func likeCargo(built *graph, res *resolve.Resolution) *graph {
	g := newGraph(len(built.nodes), built.packages)
	first := map[unit]node{}
	var visit func(n node) node
	visit = func(n node) node {
		u := unit{built.packages[n], strings.Join(res.Uses[n].Features, " ")}
		if at, ok := first[u]; ok {
			return at
		}
		first[u] = n
		for _, i := range built.out[n] {
			e := &built.edges[i]
			to := visit(e.to)
			for _, d := range e.declared {
				g.add(n, to, d)
			}
		}
		return n
	}
	for _, root := range built.roots {
		visit(root)
	}
	g.finish()
	return g
}

// isBuilt reports whether it is known that a package is.
func (l *lock) isBuilt(pkg int) bool { return l.built != nil && len(l.built.nodes[pkg]) > 0 }

// graphOf returns the graph by which a package is explained.
func (l *lock) graphOf(pkg int) *graph {
	if l.isBuilt(pkg) {
		return l.shown
	}
	return l.locked
}
