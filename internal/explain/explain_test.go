package explain_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"cargohome/internal/explain"
	"cargohome/internal/lockfile"
	"cargohome/internal/resolve"
)

const cratesIO = "registry+https://github.com/rust-lang/crates.io-index"

// project is a lockfile alone, in which package i needs those of needs[i]; the first is the
// user's own.
func project(t testing.TB, needs [][]int) *explain.Project {
	t.Helper()
	var b strings.Builder
	b.WriteString("version = 4\n")
	for i, list := range needs {
		fmt.Fprintf(&b, "[[package]]\nname = \"p%d\"\nversion = \"1.0.0\"\n", i)
		if i > 0 {
			fmt.Fprintf(&b, "source = %q\nchecksum = \"%064d\"\n", cratesIO, i)
		}
		b.WriteString("dependencies = [\n")
		for _, to := range list {
			fmt.Fprintf(&b, "\"p%d\",\n", to)
		}
		b.WriteString("]\n")
	}
	lock, err := lockfile.Parse("Cargo.lock", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return &explain.Project{Name: "Cargo.lock", Lock: lock}
}

func explained(t testing.TB, p *explain.Project, name string) *explain.Reason {
	t.Helper()
	spec, err := explain.ParseSpec(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := explain.New(t.Context(), []*explain.Project{p}, spec, &explain.Options{Request: &resolve.Request{}})
	if err != nil {
		t.Fatal(err)
	}
	return &e.Locks[0]
}

// random returns a graph in which all packages are needed.
func random(r *rand.Rand) [][]int {
	needs := make([][]int, 2+r.IntN(20))
	for i := 1; i < len(needs); i++ {
		from := r.IntN(i)
		needs[from] = append(needs[from], i)
	}
	for range r.IntN(20) {
		from, to := r.IntN(len(needs)), 1+r.IntN(len(needs)-1)
		if from != to && !slices.Contains(needs[from], to) {
			needs[from] = append(needs[from], to)
		}
	}
	return needs
}

// walk returns what is come to from the first package, without one.
func walk(needs [][]int, without int) map[int]bool {
	seen := map[int]bool{}
	var visit func(int)
	visit = func(p int) {
		if p == without || seen[p] {
			return
		}
		seen[p] = true
		for _, to := range needs[p] {
			visit(to)
		}
	}
	visit(0)
	return seen
}

// What needs a package is what a walk from it comes to the package; what would go with it
// is what no walk comes to that passes it by.
func TestNew_random(t *testing.T) {
	for seed := range uint64(80) {
		needs := random(rand.New(rand.NewPCG(seed, 1)))
		p := project(t, needs)
		for pkg := range needs {
			r := explained(t, p, fmt.Sprintf("p%d", pkg))
			var goes, want []string
			for _, n := range r.Goes {
				goes = append(goes, n.Name)
			}
			with, without := walk(needs, -1), walk(needs, pkg)
			for i := range needs {
				if with[i] && !without[i] && i != pkg {
					want = append(want, fmt.Sprintf("p%d", i))
				}
			}
			slices.Sort(want)
			if !slices.Equal(goes, want) {
				t.Fatalf("%v: without p%d goes %v, not %v", needs, pkg, goes, want)
			}
			checkPackages(t, needs, pkg, r.Packages)
		}
	}
}

// checkPackages: the next package of each is one that it needs and a step nearer.
func checkPackages(t *testing.T, needs [][]int, pkg int, packages []explain.Package) {
	t.Helper()
	number := func(n int) (i int) {
		fmt.Sscanf(packages[n].Name, "p%d", &i)
		return i
	}
	if number(0) != pkg || packages[0].Distance != 0 {
		t.Fatalf("the first is %+v", packages[0])
	}
	have := map[int]bool{}
	for i, p := range packages {
		have[number(i)] = true
		if i == 0 {
			continue
		}
		if next := packages[p.Next]; next.Distance != p.Distance-1 || !slices.Contains(needs[number(i)], number(p.Next)) {
			t.Fatalf("%v: from %s leads %s", needs, p.Name, next.Name)
		}
		for _, n := range p.Needs {
			if !slices.Contains(needs[number(i)], number(n.To)) || packages[n.To].Distance < p.Distance-1 {
				t.Fatalf("%v: %s needs %d", needs, p.Name, number(n.To))
			}
		}
	}
	for from, list := range needs {
		for _, to := range list {
			if have[to] && !have[from] {
				t.Fatalf("%v: p%d leads to p%d and is not there", needs, from, pkg)
			}
		}
	}
}

// A ladder has 2^5000 ways from one end to the other, and a chain as many packages on its
// one way.
func TestNew_linear(t *testing.T) {
	const rungs = 5000
	ladder := make([][]int, 2*rungs+1)
	ladder[0] = []int{1, 2}
	for i := 1; i+3 < len(ladder); i += 2 {
		ladder[i], ladder[i+1] = []int{i + 2, i + 3}, []int{i + 2, i + 3}
	}
	began := time.Now()
	r := explained(t, project(t, ladder), fmt.Sprintf("p%d", 2*rungs))
	if len(r.Packages) != 2*rungs || len(r.Goes) != 0 {
		t.Errorf("%d packages lead there, %d would go", len(r.Packages), len(r.Goes))
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// Of many versions none is held against all others.
func TestNew_versions(t *testing.T) {
	const n = 20_000
	var b strings.Builder
	b.WriteString("version = 4\n")
	for i := range n {
		fmt.Fprintf(&b, "[[package]]\nname = \"a\"\nversion = \"%d.0.0\"\nsource = %q\nchecksum = \"%064d\"\n", i+1, cratesIO, i)
	}
	lock, err := lockfile.Parse("Cargo.lock", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := explain.ParseSpec("a@7.0.0")
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e, err := explain.New(t.Context(), []*explain.Project{{Name: "Cargo.lock", Lock: lock}}, spec, &explain.Options{Request: &resolve.Request{}})
	runtime.ReadMemStats(&after)
	if err != nil || len(e.Versions) != n {
		t.Fatalf("%d versions, %v", len(e.Versions), err)
	}
	if made := after.TotalAlloc - before.TotalAlloc; made > n*16<<10 {
		t.Errorf("%d versions take %d of memory", n, made)
	}
}

func TestParseSpec(t *testing.T) {
	for text, want := range map[string]string{
		"serde": "serde", "serde@1": "serde@1", "path#app": "path#app",
		"sparse+https://example.com/index/#serde:1.0.0": "sparse+https://example.com/index/#serde:1.0.0",
		"sparse+https://example.com/index/#serde@1.0.0": "sparse+https://example.com/index/#serde:1.0.0",
	} {
		spec, err := explain.ParseSpec(text)
		if err != nil || spec.String() != want {
			t.Errorf("%q is %q, %v", text, spec, err)
		}
	}
	for _, text := range []string{"", "a/b", "#", "x#a:b:c", "serde@x"} {
		if spec, err := explain.ParseSpec(text); err == nil {
			t.Errorf("%q is %q", text, spec)
		}
	}
}

func TestNew_errors(t *testing.T) {
	p := project(t, [][]int{{1}, nil})
	for text, want := range map[string]any{"p2": new(*resolve.UnknownError), "p1@2": new(*explain.VersionError)} {
		spec, err := explain.ParseSpec(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := explain.New(t.Context(), []*explain.Project{p}, spec, &explain.Options{}); !errors.As(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
