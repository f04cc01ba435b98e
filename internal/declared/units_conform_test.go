//go:build conform

package declared_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/resolve"
)

// unitGraph is what cargo would compile, as a nightly one prints it.
type unitGraph struct {
	Units []struct {
		PkgID    string `json:"pkg_id"`
		Platform *string
		Features []string
	}
}

// TestPackages_units: all that cargo would compile is used, for what it would be compiled
// for and with those features. The other way around it need not be: a package without a
// build script may have build dependencies.
func TestPackages_units(t *testing.T) {
	corpus := os.Getenv("CARGOHOME_CORPUS")
	if corpus == "" {
		t.Skip("CARGOHOME_CORPUS is not set: no real projects")
	}
	dirs, err := filepath.Glob(filepath.Join(corpus, "proj", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no projects in %s (%v)", corpus, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			p := &project{t: t, dir: dir, home: filepath.Join(corpus, "home"), env: []string{"RUSTC_BOOTSTRAP=1", "CARGO_TARGET_DIR=" + t.TempDir()}}
			p.load()
			for _, target := range targets[:3] {
				p.compareUnits("build", question{target: target, edges: "normal,build"})
				p.compareUnits("test", question{target: target, edges: "normal,build,dev"})
			}
		})
	}
}

func (p *project) compareUnits(command string, q question) {
	p.t.Helper()
	args := []string{command, "--locked", "--offline", "--unit-graph", "-Z", "unstable-options", "--target", q.target}
	if command == "test" {
		args = append(args, "--all-targets")
	}
	text, err := p.cargo(args...)
	p.must(err)
	var graph unitGraph
	p.must(json.Unmarshal([]byte(text), &graph))
	res, err := p.graph.Resolve(p.workspace, q.request(p.t))
	p.must(err)
	used := map[string]bool{}
	for _, u := range res.Uses {
		id := p.lock.Packages[u.Package].ID
		used[unitName(id.Name+"@"+id.Version, u.For == resolve.ForHost, u.Features)] = true
	}
	compiled := map[string]bool{}
	for _, u := range graph.Units {
		source, id, _ := strings.Cut(u.PkgID, "#")
		if !strings.Contains(id, "@") { // the name is that of the folder
			id = path.Base(source) + "@" + id
		}
		if name := unitName(id, u.Platform == nil, u.Features); !used[name] && !used[unitName(id, false, u.Features)] {
			p.t.Errorf("%s: cargo %s compiles %s", p.dir, strings.Join(args, " "), name)
		} else {
			compiled[name] = true
		}
	}
	p.t.Logf("%s for %s: %d used, %d compiled", command, q.target, len(used), len(compiled))
}

// unitName tells units apart. Build scripts are for the host, and count with what they are
// of.
func unitName(id string, host bool, features []string) string {
	if host {
		id += " host"
	}
	return id + " " + strings.Join(slices.Sorted(slices.Values(features)), ",")
}
