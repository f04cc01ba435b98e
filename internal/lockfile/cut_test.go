package lockfile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

// A lockfile that was cut off, at any byte, is refused, or what is lost is what the
// package comment says: things that only the last package needs, or that nothing
// listed needs.
func TestParse_cut(t *testing.T) {
	for seed := range uint64(4) {
		for version := 1; version <= 4; version++ {
			text := cargotest.LockText(version, randomPackages(rand.New(rand.NewPCG(seed, 0))))
			whole, err := lockfile.Parse("Cargo.lock", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			for n := range len(text) {
				part, err := lockfile.Parse("Cargo.lock", []byte(text[:n]))
				if err == nil {
					checkCut(t, whole, part, fmt.Sprintf("seed %d, version %d, cut at %d of %d", seed, version, n, len(text)))
				}
			}
		}
	}
}

// randomPackages are those of a workspace of two, each of which something needs.
func randomPackages(r *rand.Rand) []cargotest.Locked {
	var refs []cargotest.Ref
	names := []string{"app", "b", "c", "d", "tool", "u", "z"}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for i, name := range names {
		ref := cargotest.Ref{Name: name, Version: fmt.Sprintf("%d.0.0", r.IntN(3))}
		if i > 1 {
			ref.Source = []string{cratesIO, cratesIO, "git+https://h/x#" + commit}[r.IntN(3)]
		}
		refs = append(refs, ref)
	}
	packages := make([]cargotest.Locked, len(refs))
	for i, ref := range refs {
		packages[i].Ref = ref
		if ref.Source == cratesIO {
			packages[i].Checksum = sum
		}
		if i > 1 {
			by := r.IntN(i)
			packages[by].Deps = append(packages[by].Deps, ref)
		}
	}
	return packages
}

func checkCut(t *testing.T, whole, part *lockfile.Lockfile, what string) {
	t.Helper()
	last := part.Last()
	may := map[int]bool{} // be lost
	for i, p := range whole.Packages {
		if p.ID.Name == last.ID.Name || text(p.ID) == p.ID.Name+"@"+p.ID.Version && part.Find(p.ID) < 0 {
			reach(whole, i, may)
		}
	}
	for i, p := range whole.Packages {
		j := part.Find(p.ID)
		switch {
		case j < 0 && !may[i]:
			t.Errorf("%s: %v is lost", what, p.ID)
		case j >= 0 && part.Packages[j].ID != last.ID && len(part.Packages[j].Dependencies) != len(p.Dependencies):
			t.Errorf("%s: %v lost dependencies", what, p.ID)
		}
	}
}

func reach(l *lockfile.Lockfile, from int, seen map[int]bool) {
	if !seen[from] {
		seen[from] = true
		for _, i := range l.Packages[from].Dependencies {
			reach(l, i, seen)
		}
	}
}
