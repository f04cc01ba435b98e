package resolve

// Resolution is what a build uses. It is plain data, and the caller's.
type Resolution struct {
	Uses []Use // sorted by package, in the order of the lockfile, then by For

	// Unmatched are the entries of [Request.Exclude] that exclude nothing. Cargo warns of
	// them.
	Unmatched []string
}

// Use is a package built for something.
type Use struct {
	Package  int      // index into the packages of the lockfile
	For      For      // what it is built for
	Features []string // sorted

	// Targets are indices into [Request.Targets], ascending: those it is built for. There
	// are none for another For, nor with [Request.AnyPlatform].
	Targets []int

	Selected bool // whether it was asked for

	// Edges are the dependencies by which it is reached, those of nearer packages first:
	// the first lies on the shortest path from a selected package. A selected package
	// may have none.
	Edges []Edge
}

// Edge is one dependency by which a package is reached.
type Edge struct {
	From        int // index into Uses
	*Dependency     // as From declares it
}

// Path returns the shortest path from a selected package to Uses[i], as indices into
// Uses: the selected one first, i last.
func (r *Resolution) Path(i int) []int {
	if u := &r.Uses[i]; !u.Selected && len(u.Edges) > 0 {
		return append(r.Path(u.Edges[0].From), i)
	}
	return []int{i}
}

// Packages returns for each package of the lockfile, of which there are n, whether it is
// built at all.
func (r *Resolution) Packages(n int) []bool {
	used := make([]bool, n)
	for _, u := range r.Uses {
		used[u.Package] = true
	}
	return used
}
