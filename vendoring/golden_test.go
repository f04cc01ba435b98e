package vendoring

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/cargotest"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
)

// versions is the world of which testdata/golden has what each cargo vendors: `make matrix`
// writes that with the cargos themselves. stable-1.txt is a promise, and is not written anew.
type versions struct {
	*cargotest.Versions
	packages []lockfile.Package
	sources  *locate.Sources
}

func newVersions(t *testing.T) *versions {
	v := &versions{Versions: cargotest.WriteVersions(t, t.TempDir())}
	text, err := os.ReadFile(filepath.Join(v.Project, "Cargo.lock"))
	if err != nil {
		t.Fatal(err)
	}
	lock, err := lockfile.Parse("Cargo.lock", text)
	if err != nil {
		t.Fatal(err)
	}
	v.packages = lock.Packages
	h := home.New(v.Home)
	t.Cleanup(func() { h.Close() })
	v.sources = locate.NewSources(h, &config.SourceMap{}, locate.Manifests{})
	return v
}

// plan plans to vendor into dest by a rule.
func (v *versions) plan(t *testing.T, rule compat.Rule, target Target, cache *StatCache) *Plan {
	t.Helper()
	arranged, err := Arrange(v.packages, false)
	if err != nil {
		t.Fatal(err)
	}
	arranged.Rule = rule
	found, err := locate.Find(t.Context(), 0, arranged.Packages, v.sources)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := NewSteps(t.Context(), 0, arranged, found, cache)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(steps, target)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// vendor carries it out, and returns how often each thing was done.
func (v *versions) vendor(t *testing.T, rule compat.Rule, target Target, cache *StatCache) map[Action]int {
	t.Helper()
	results, err := v.plan(t, rule, target, cache).Write(t.Context(), WriteOptions{StatCache: cache})
	if err != nil {
		t.Fatal(err)
	}
	done := map[Action]int{}
	for _, r := range results {
		done[r.Action]++
	}
	return done
}

func treeOf(t *testing.T, dir string) string {
	t.Helper()
	tree, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// withoutModes is for a umask that is not that of the listings.
func withoutModes(tree string) string {
	var b strings.Builder
	for line := range strings.Lines(tree) {
		b.WriteString(line[:9] + line[13:])
	}
	return b.String()
}

// TestGolden: what each cargo makes, to the byte, with modes and times.
func TestGolden(t *testing.T) {
	listings, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil || len(listings) == 0 {
		t.Fatal("there are no listings", err)
	}
	v := newVersions(t)
	for _, listing := range listings {
		name := strings.TrimSuffix(filepath.Base(listing), ".txt")
		t.Run(name, func(t *testing.T) {
			rule, err := compat.Parse(name)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(listing)
			if err != nil {
				t.Fatal(err)
			}
			dest := filepath.Join(t.TempDir(), "vendor")
			v.vendor(t, rule, Target{Dest: dest}, nil)
			want, got := string(text), treeOf(t, dest)
			if !fsx.TellsUmask || fsx.Umask() != 0o022 {
				want, got = withoutModes(want), withoutModes(got)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("not what cargo makes (-cargo +ours):\n%s", diff)
			}
		})
	}
}

// TestRules: a folder by one rule is made anew for another, is left alone for its own and
// where others' are kept; and of one that differs in the comment only the records are
// written.
func TestRules(t *testing.T) {
	v := newVersions(t)
	rules := compat.Rules()
	for i, made := range rules {
		if testing.Short() && i%4 != 0 && !made.IsUsual() {
			continue
		}
		t.Run("made by "+made.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			of := v.again(t)
			asked := []compat.Rule{made, {}}
			if made.Makes() == (compat.Rule{}).Makes() {
				asked = []compat.Rule{rules[0], compat.Of(88), compat.Of(compat.First)}
			}
			for _, asked := range asked {
				dest := filepath.Join(dir, asked.String())
				of.vendor(t, made, Target{Dest: dest}, nil)
				before := stateOf(t, dest)
				all := len(of.plan(t, made, Target{Dest: dest}, nil).Steps)
				if done := of.vendor(t, asked, Target{Dest: dest, Compatible: true}, nil); done[Kept] != all {
					t.Errorf("for %s, others kept: %v", asked, done)
				}
				if diff := cmp.Diff(before, stateOf(t, dest)); diff != "" {
					t.Errorf("for %s, others kept, something is written:\n%s", asked, diff)
				}
				done := of.vendor(t, asked, Target{Dest: dest}, nil)
				switch {
				case asked.Makes() == made.Makes() && done[Kept] != all,
					made.Makes() == 94 && asked.Makes() == 97 && done[Recorded] != all,
					made.Makes() == 97 && asked.Makes() == 94 && done[Recorded] != all:
					t.Errorf("for %s: %v", asked, done)
				}
				fresh := filepath.Join(dir, "fresh "+asked.String())
				of.vendor(t, asked, Target{Dest: fresh}, nil)
				if diff := cmp.Diff(treeOf(t, fresh), treeOf(t, dest)); diff != "" {
					t.Errorf("for %s it is not as new (-new +got):\n%s", asked, diff)
				}
			}
		})
	}
}

// again is the same world for another goroutine.
func (v *versions) again(t *testing.T) *versions {
	h := home.New(v.Home)
	t.Cleanup(func() { h.Close() })
	return &versions{v.Versions, v.packages, locate.NewSources(h, &config.SourceMap{}, locate.Manifests{})}
}

// TestRules_are_remembered: what is known of a folder is known of one rule.
func TestRules_are_remembered(t *testing.T) {
	v := newVersions(t)
	dest := filepath.Join(t.TempDir(), "vendor")
	rules := []compat.Rule{compat.Of(88), compat.Of(97), {}, compat.Of(88)}
	for _, rule := range rules {
		for range 2 {
			cache := OpenStatCache(rule, v.Home, dest, locate.Manifests{})
			v.vendor(t, rule, Target{Dest: dest}, cache)
		}
		fresh := filepath.Join(t.TempDir(), "vendor")
		v.vendor(t, rule, Target{Dest: fresh}, nil)
		if diff := cmp.Diff(treeOf(t, fresh), treeOf(t, dest)); diff != "" {
			t.Errorf("for %s it is not as new (-new +got):\n%s", rule, diff)
		}
	}
}
