package ui

import (
	"runtime"
	"strings"
	"testing"

	"cargohome/internal/explain"
)

// What is below a package is printed once, and never deeper than people read.
func TestTree(t *testing.T) {
	const length = 1000
	r := &explain.Reason{Packages: make([]explain.Package, length)}
	for i := 1; i < length; i++ {
		r.Packages[i].Needs = []explain.Need{{To: i - 1}, {To: max(i-2, 0)}}
	}
	var b strings.Builder
	newTree(&b, r).print()
	lines := strings.Count(b.String(), "\n")
	if lines > 2*length || !strings.Contains(b.String(), "└── …") || !strings.Contains(b.String(), " (*)\n") {
		t.Errorf("%d lines are printed", lines)
	}
}

// Packages that all need each other have a line for each dependency, of which some are
// printed; and many dependencies of a package take memory in proportion to them.
func TestTree_bounds(t *testing.T) {
	const n = 300
	dense := &explain.Reason{Packages: make([]explain.Package, n)}
	for i := range n {
		for to := range n {
			dense.Packages[i].Needs = append(dense.Packages[i].Needs, explain.Need{To: to})
		}
	}
	many := &explain.Reason{Packages: make([]explain.Package, 2)}
	for range 50_000 {
		many.Packages[1].Needs = append(many.Packages[1].Needs, explain.Need{Platform: "cfg(unix)"})
	}
	for _, r := range []*explain.Reason{dense, many} {
		var before, after runtime.MemStats
		var b strings.Builder
		runtime.ReadMemStats(&before)
		newTree(&b, r).print()
		runtime.ReadMemStats(&after)
		if b.Len() > maxTree+1<<20 || strings.Contains(b.String(), "└── …") != (r == dense) {
			t.Errorf("%d bytes are printed, and at the end %q", b.Len(), b.String()[b.Len()-50:])
		}
		if made := after.TotalAlloc - before.TotalAlloc; made > 20*maxTree {
			t.Errorf("to print %d bytes took %d of memory", b.Len(), made)
		}
	}
}
