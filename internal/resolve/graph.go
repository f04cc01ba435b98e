package resolve

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/internal/feature"
	"cargohome/internal/lockfile"
	"cargohome/internal/par"
	"cargohome/internal/platform"
)

// Graph is a lockfile with all that is known of its packages, of use for any number of
// resolutions. It is safe for concurrent use.
type Graph struct {
	lock      *lockfile.Lockfile
	packages  []node              // as in the lockfile
	platforms []platform.Platform // of dependencies, each once

	mu sync.Mutex
	on map[*platform.Target][]bool // see [Graph.matched]
}

// node is a package with its features and dependencies numbered.
type node struct {
	*Package
	id       crate.ID
	features []string  // sorted
	values   [][]value // of each feature
	edges    []edge
	names    []depName // sorted
}

// value is a [feature.Value] of the package by numbers.
type value struct {
	kind   feature.Kind
	own    int    // the feature, for Plain
	dep    int    // index into the node's names, else
	passed string // the feature of the dependency
}

// depName is a name of dependencies and the edges it stands for.
type depName struct {
	name  string
	edges []int // in their order
	own   int   // the feature of the same name, none if there is none
}

// edge is a dependency and the package that was locked for it.
type edge struct {
	*Dependency
	to        int  // index of the package, or none
	name      int  // index into the names of the dependent
	platform  int  // index into the graph's, or none
	elsewhere bool // the package is of another source; see [linker.find]
}

const none = -1

// New puts a graph together; packages[i] belongs to lock.Packages[i]. Neither is to be
// changed from then on. An error names the package; it matches [feature.ErrFeature],
// [platform.ErrSyntax] or [crate.ErrRequirement]. That something is not locked which a
// build needs is an error of that build.
func New(lock *lockfile.Lockfile, packages []Package) (*Graph, error) {
	g := &Graph{lock: lock, packages: make([]node, len(packages)), on: map[*platform.Target][]bool{}}
	l := newLinker(lock, packages)
	for i := range packages {
		n := &g.packages[i]
		n.Package, n.id = &packages[i], lock.Packages[i].ID
		var err error
		if n.edges, err = l.edges(i); err != nil {
			return nil, &PackageError{n.id, err}
		}
	}
	g.platforms = l.platforms.all
	errs := par.Each(context.Background(), 0, len(packages), func(i int) error { return g.packages[i].number() })
	for i, err := range errs {
		if err != nil {
			return nil, &PackageError{g.packages[i].id, err}
		}
	}
	return g, nil
}

// number sets features and names.
func (n *node) number() error {
	table, err := feature.NewTable(n.Features, func(yield func(string, bool) bool) {
		for _, d := range n.Dependencies {
			if !yield(d.Name, d.Optional) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	n.features = slices.Sorted(maps.Keys(table))
	n.nameEdges()
	length := 0
	for _, values := range table {
		length += len(values)
	}
	all := make([]value, 0, length)
	n.values = make([][]value, len(n.features))
	for i, name := range n.features {
		start := len(all)
		for _, v := range table[name] {
			all = append(all, n.value(v))
		}
		n.values[i] = all[start:]
	}
	return nil
}

func (n *node) nameEdges() {
	order := make([]int, len(n.edges))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(n.edges[a].Name, n.edges[b].Name) })
	n.names = make([]depName, 0, len(order))
	for len(order) > 0 {
		name, end := n.edges[order[0]].Name, 0
		for end < len(order) && n.edges[order[end]].Name == name {
			n.edges[order[end]].name = len(n.names)
			end++
		}
		n.names = append(n.names, depName{name, order[:end], n.featureNamed(name)})
		order = order[end:]
	}
}

// featureNamed returns the index of a feature, or none.
func (n *node) featureNamed(name string) int {
	if i, ok := slices.BinarySearch(n.features, name); ok {
		return i
	}
	return none
}

// depNamed returns the index of a name of dependencies, or none.
func (n *node) depNamed(name string) int {
	i, ok := slices.BinarySearchFunc(n.names, name, func(d depName, name string) int { return strings.Compare(d.name, name) })
	if !ok {
		return none
	}
	return i
}

// value numbers a value whose names are known to be there.
func (n *node) value(v feature.Value) value {
	if v.Kind == feature.Plain {
		return value{kind: v.Kind, own: n.featureNamed(v.Name)}
	}
	return value{kind: v.Kind, dep: n.depNamed(v.Name), passed: v.Feature}
}

// platformIndex numbers platforms by their text.
type platformIndex struct {
	index map[string]int
	all   []platform.Platform
	parts int // of them all
}

// maxParts bounds those of all platforms, which are looked at for each target; a workspace of
// a thousand packages has about a thousand.
const maxParts = 1 << 18

func (x *platformIndex) of(text string) (int, error) {
	if text == "" {
		return none, nil
	}
	i, ok := x.index[text]
	if !ok {
		p, err := platform.Parse(text)
		if err != nil {
			return none, fmt.Errorf("target %q: %w", platform.Shown(text), err)
		}
		if x.parts += p.Parts(); x.parts > maxParts {
			return none, &LimitError{"parts in the platforms of dependencies", maxParts}
		}
		i = len(x.all)
		x.index[text], x.all = i, append(x.all, p)
	}
	return i, nil
}

// PackageError is an error about what a package says of itself.
type PackageError struct {
	ID  crate.ID // of the package
	Err error    // what is wrong
}

func (e *PackageError) Error() string { return fmt.Sprintf("package %s: %v", e.ID, e.Err) }
func (e *PackageError) Unwrap() error { return e.Err }
