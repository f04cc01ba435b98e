package locate

import (
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

// Of packages that several lockfiles have, what each of them says counts.
func TestMerge(t *testing.T) {
	w := newWorld(t)
	sum := one("a").Checksum()
	git := func(digit string) string { return "git+https://example.com/g#" + strings.Repeat(digit, 40) }
	first := w.locked("b", cargotest.CratesIOSource, "")
	first.Dependencies = []int{7}
	own := lockfile.Package{ID: crate.ID{Name: "own", Version: "1.0.0"}}
	m, err := Merge([]lockfile.Package{first, w.locked("g", git("1"), ""), own, w.locked("a", cargotest.CratesIOSource, sum), w.locked("g", git("2"), ""), w.locked("b", cargotest.CratesIOSource, sum)})
	check(t, err)
	var names []string
	for _, p := range m.Packages {
		names = append(names, p.ID.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "g"}) || m.Packages[1].Checksum == nil || m.Packages[1].Dependencies != nil {
		t.Errorf("merged are %v: %+v", names, m.Packages[1])
	}
	if o := m.Outvoted; len(o) != 1 || o[0].ID != m.Packages[2].ID || o[0].ID.Source.Precise()[0] != '2' || o[0].Commit[0] != '1' {
		t.Errorf("outvoted are %v", o)
	}
	_, err = Merge([]lockfile.Package{w.locked("a", cargotest.CratesIOSource, sum), w.locked("a", cargotest.CratesIOSource, strings.Repeat("1", 64))})
	if err == nil || !strings.HasPrefix(err.Error(), "the lockfiles disagree about a v1.0.0: ") {
		t.Errorf("of two checksums: %v", err)
	}
}
