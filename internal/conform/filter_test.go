//go:build conform

package conform

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const linux = "x86_64-unknown-linux-gnu"

// filterAll lists a project whose filtered vendor folder has to be of use: those of real
// registries and of real repositories.
var filterAll = []string{"ripgrep", "bat", "tracing", "winit"}

// A vendor folder filtered for linux is all that cargo needs there: it builds, and tells of
// all platforms, with an empty home. That what it builds is whole is in what it prints.
func TestVendor_filtered(t *testing.T) {
	for _, name := range filterAll {
		if testing.Short() && name != "ripgrep" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir, home := filteredProject(t, name)
			before := targetsIn(t, dir, home)
			command{dir, home, []string{binary, "vendor", "--write-config", "--platform", linux, "--exclude", "tests,examples,benches,docs"}}.output(t)
			empty := filepath.Join(t.TempDir(), "empty")
			for _, args := range []string{
				"check --offline --frozen --quiet", "tree --offline --frozen --target all", "metadata --format-version 1 --offline --frozen --filter-platform " + linux,
			} {
				command{dir, empty, append([]string{"cargo"}, strings.Fields(args)...)}.output(t)
			}
			after := targetsIn(t, dir, empty)
			for name, targets := range before {
				for _, target := range targets {
					if !slices.Contains(after[name], target) {
						t.Errorf("%s lacks its %s", name, target)
					}
				}
			}
		})
	}
}

func filteredProject(t *testing.T, name string) (dir, home string) {
	if _, ok := gitProjects[name]; ok {
		return gitProject(t, name)
	}
	return copyProject(t, filepath.Join(corpus(t), "proj", name)), filepath.Join(corpus(t), "home")
}

// targetsIn returns libraries and build scripts of all packages, as cargo sees them.
func targetsIn(t *testing.T, dir, home string) map[string][]string {
	t.Helper()
	var found struct {
		Packages []struct {
			ID      string `json:"id"`
			Name    string `json:"name"`
			Version string `json:"version"`
			Targets []struct {
				Name string   `json:"name"`
				Kind []string `json:"kind"`
			} `json:"targets"`
		} `json:"packages"`
	}
	text := command{dir, home, []string{"cargo", "metadata", "--format-version", "1", "--offline", "--frozen"}}.output(t)
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	targets := map[string][]string{}
	for _, p := range found.Packages {
		id := p.Name + " v" + p.Version
		targets[id] = nil
		for _, target := range p.Targets {
			if kind := strings.Join(target.Kind, ","); !slices.Contains([]string{"test", "bench", "example"}, kind) {
				targets[id] = append(targets[id], kind+" "+target.Name)
			}
		}
	}
	return targets
}

// What is left out for a target is what `cargo tree` does not show for it.
func TestVendor_filtered_as_tree(t *testing.T) {
	for _, name := range []string{"ripgrep", "bat", "starship", "gitui"} {
		if testing.Short() && name != "ripgrep" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir, home := filteredProject(t, name)
			for _, q := range []struct{ flags, edges string }{{"", "normal,build,dev"}, {"--keep-dep-kinds no-dev", "normal,build"}, {"--all-features --keep-dep-kinds normal", "normal"}} {
				for _, target := range []string{linux, "x86_64-pc-windows-msvc"} {
					tree := "tree --workspace --offline --frozen --prefix none --format {p} --target " + target + " -e " + q.edges
					if strings.Contains(q.flags, "--all-features") {
						tree += " --all-features"
					}
					want := map[string]bool{}
					for line := range strings.Lines(command{dir, home, append([]string{"cargo"}, strings.Fields(tree)...)}.output(t)) {
						if words := strings.Fields(line); len(words) > 1 {
							want[words[0]+" "+words[1]] = true
						}
					}
					args := append([]string{binary, "vendor", "--dry-run", "--format", "json", "--platform", target}, strings.Fields(q.flags)...)
					compareKept(t, command{dir, home, args}.output(t), want, target == linux)
				}
			}
		})
	}
}

// compareKept allows for more than cargo shows where the target may do the building as well.
func compareKept(t *testing.T, text string, want map[string]bool, exact bool) {
	t.Helper()
	var got struct {
		Packages []struct {
			Name     string `json:"name"`
			Version  string `json:"version"`
			Filtered struct {
				Kept bool `json:"kept"`
			} `json:"filtered"`
		} `json:"packages"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	for _, p := range got.Packages {
		if id := p.Name + " v" + p.Version; want[id] && !p.Filtered.Kept || exact && !want[id] && p.Filtered.Kept {
			t.Errorf("%s is kept: %v, and in the tree: %v", id, p.Filtered.Kept, want[id])
		}
	}
}
