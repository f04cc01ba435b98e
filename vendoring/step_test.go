package vendoring

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/locate"
	"cargohome/internal/packagelist"
	"cargohome/internal/par"
)

// What is lacking, and what is damaged, is all in one error, in order of the packages.
func TestNewSteps_gaps(t *testing.T) {
	var crates []cargotest.Crate
	for _, name := range []string{"a", "b", "c", "d"} {
		crates = append(crates, cargotest.Crate{Name: name, Version: "1.0.0"})
	}
	arranged, sources := fixture(t, crates...)
	found, err := locate.Find(t.Context(), 0, arranged.Packages, sources)
	if err != nil {
		t.Fatal(err)
	}
	for i, change := range []func(path string) error{func(path string) error { return os.Truncate(path, 99) }, os.Remove, nil, os.Remove} {
		if change != nil {
			if err := change(found[i].Archives[0].Path); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found, err = locate.Find(t.Context(), 0, arranged.Packages, sources); err != nil {
		t.Fatal(err)
	}
	steps, err := NewSteps(t.Context(), 0, arranged, found, nil)
	gaps, ok := errors.AsType[*GapsError](err)
	if !ok || steps != nil {
		t.Fatalf("%v, %v", steps, err)
	}
	var got []string
	for _, g := range gaps.Gaps {
		got = append(got, g.ID.Name)
	}
	if want := []string{"a", "b", "d"}; !slices.Equal(got, want) {
		t.Errorf("gaps are of %v, want %v", got, want)
	}
	if text := err.Error(); !strings.HasPrefix(text, "3 packages cannot be vendored\n  missing archive:\n    b v1.0.0\n    d v1.0.0\n  truncated archive:\n    a v1.0.0: ") {
		t.Errorf("error is\n%s", text)
	}
}

// Packages of a commit share its manifests, which are for one goroutine.
func TestByCommit(t *testing.T) {
	x, y := &locate.Commit{}, &locate.Commit{}
	packages := []locate.Package{{}, {Commit: x}, {Commit: y}, {}, {Commit: x}}
	got := byCommit(packages)
	if want := [][]int{{0}, {1, 4}, {2}, {3}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("batches are %v, want %v", got, want)
	}
}

// What is copied is not left for the end: it is as much work as the archive of as many
// files.
func TestPlan_largestFirst(t *testing.T) {
	copied := weightOf(make([]packagelist.File, 10))
	p := &Plan{Steps: []Step{{weight: 1000}, {weight: copied}, {weight: 1 << 20}, {}}}
	var got []int
	par.LongestFirst(t.Context(), 1, len(p.Steps), p.weight, noState, func(_ struct{}, n int) error {
		got = append(got, n)
		return nil
	})
	if !slices.Equal(got, []int{2, 1, 0, 3}) {
		t.Errorf("the order is %v", got)
	}
	w := newGitWorld(t)
	p, _, err := w.plan(t, w.dest(), w.commit(w.files()), false)
	if err != nil {
		t.Fatal(err)
	}
	if s := p.Steps[0]; s.weight < copied {
		t.Errorf("a package from git weighs %d", s.weight)
	}
}
