package ui

import (
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
