//go:build conform

package conform

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/lockfile"
)

// explained is what explain says of a package in one lockfile.
type explained struct {
	Locks []struct {
		Unbuilt  bool
		Unknown  []string
		Packages []struct {
			Name, Version, Source string
			Needs                 []struct {
				To   int
				Kind string
			}
		}
	}
}

// edges are the dependencies that lead to the package, as "from -> to, kind".
func (e *explained) edges(t *testing.T) []string {
	t.Helper()
	if len(e.Locks) != 1 || len(e.Locks[0].Unknown) > 0 {
		t.Fatalf("not all is known: %+v", e.Locks)
	}
	set := map[string]bool{}
	packages := e.Locks[0].Packages
	for _, p := range packages {
		for _, n := range p.Needs {
			to := packages[n.To]
			set[fmt.Sprintf("%s %s -> %s %s, %s", p.Name, p.Version, to.Name, to.Version, n.Kind)] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// invertedEdges reads the same from what `cargo tree --invert` prints: four columns for
// each level, kinds as headings between.
func invertedEdges(t *testing.T, text string) []string {
	t.Helper()
	set := map[string]bool{}
	var above []string // the package of each level
	var kinds []string // of what is below each level
	for row := range strings.Lines(text) {
		row = strings.TrimRight(row, "\n")
		name := strings.TrimLeft(row, "│├└─ ")
		depth := len([]rune(row[:len(row)-len(name)])) / 4
		switch {
		case name == "":
			above, kinds = nil, nil
			continue
		case strings.HasPrefix(name, "["):
			kinds[depth] = strings.TrimSuffix(strings.TrimPrefix(name, "["), "-dependencies]")
			continue
		}
		words := strings.Fields(name)
		id := words[0] + " " + strings.TrimPrefix(words[1], "v")
		above, kinds = append(above[:depth], id), append(kinds[:depth], "normal")
		if depth > 0 {
			set[fmt.Sprintf("%s -> %s, %s", id, above[depth-1], kinds[depth-1])] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Who needs a package, and as which kind of dependency, is what `cargo tree --invert` says.
func TestExplain(t *testing.T) {
	root := corpus(t)
	each := 30
	if testing.Short() {
		each = 3
	}
	projects, err := filepath.Glob(filepath.Join(root, "proj", "*"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for n, project := range projects {
		t.Run(filepath.Base(project), func(t *testing.T) {
			compared += explainSome(t, project, filepath.Join(root, "home"), each, uint64(n))
		})
	}
	t.Logf("%d packages are explained alike", compared)
}

// kindsAsked are what -e is given, in turn.
var kindsAsked = []string{"normal,build,dev", "no-build", "normal", "normal,build", "no-dev"}

func explainSome(t *testing.T, project, home string, each int, seed uint64) (compared int) {
	lock, err := lockfile.Read(filepath.Join(project, "Cargo.lock"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, id := range lock.IDs() {
		ids = append(ids, id.Name+"@"+id.Version)
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for n, id := range ids[:min(each, len(ids))] {
		kinds := kindsAsked[n%len(kindsAsked)]
		tree, stderr, err := command{project, home, []string{
			"cargo", "tree", "--invert", id, "--locked", "--offline", "--workspace", "--all-features", "--target", "all", "--edges", kinds}}.run()
		var e explained
		text := command{project, home, []string{binary, "explain", id, "--edges", kinds, "--format", "json"}}.output(t)
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		if err != nil || strings.Contains(stderr, "nothing to print") || tree == "" {
			if !e.Locks[0].Unbuilt {
				t.Errorf("%s -e %s: cargo says %s", id, kinds, stderr)
			}
			continue
		}
		want, got := invertedEdges(t, tree), e.edges(t)
		if !slices.Equal(want, got) {
			t.Errorf("%s -e %s is needed by\n%s\nwhere cargo says\n%s", id, kinds, without(got, want), without(want, got))
		}
		compared++
	}
	return compared
}

// without lists what is in one list and not in the other.
func without(list, other []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) }), "\n")
}
