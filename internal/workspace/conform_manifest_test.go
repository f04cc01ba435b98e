//go:build conform

package workspace_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cargohome/internal/manifest"
	"cargohome/internal/workspace"
)

// described is what `cargo metadata` says of a package.
type described struct {
	Manifest     string `json:"manifest_path"`
	Edition      string
	Links        string
	Features     map[string][]string
	Dependencies []dependency
	Targets      []struct{ Kind []string }
}

type dependency struct {
	Name, Rename, Kind, Target, Req string
	Optional                        bool
	Defaults                        bool `json:"uses_default_features"`
	Features                        []string
	Path                            string
	Source                          string
}

// TestConform_manifests compares what the manifests of real projects say: the folders
// proj/* of CARGOHOME_CORPUS.
func TestConform_manifests(t *testing.T) {
	projects, err := filepath.Glob(filepath.Join(os.Getenv("CARGOHOME_CORPUS"), "proj", "*", "Cargo.toml"))
	if err != nil || len(projects) == 0 {
		t.Skip("CARGOHOME_CORPUS is not set")
	}
	home := t.TempDir()
	for _, path := range projects {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			w, err := workspace.Find(path, home)
			if err != nil {
				t.Fatal(err)
			}
			out, err := cargo(t, filepath.Dir(path), home, "metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", path)
			var all struct{ Packages []described }
			if err := cmp.Or(err, json.Unmarshal(out, &all)); err != nil {
				t.Fatal(err)
			}
			for _, want := range all.Packages {
				i := slices.IndexFunc(w.Members, func(m *manifest.Manifest) bool { return m.File == want.Manifest })
				if i < 0 {
					t.Fatalf("no member %s", want.Manifest)
				}
				got := describeAs(w.Members[i])
				got.Targets = nil
				if isMacro := slices.ContainsFunc(want.Targets, func(t struct{ Kind []string }) bool { return slices.Contains(t.Kind, "proc-macro") }); isMacro != w.Members[i].ProcMacro {
					t.Errorf("%s: is a procedural macro: %v", want.Manifest, isMacro)
				}
				simplify(&want)
				if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: -cargo +got\n%s", want.Manifest, diff)
				}
			}
		})
	}
}

func describeAs(m *manifest.Manifest) described {
	d := described{Manifest: m.File, Edition: m.Edition, Links: m.Links, Features: m.Features}
	for _, x := range m.Dependencies {
		dep := dependency{
			Name: x.Package, Kind: []string{"", "dev", "build"}[x.Kind], Target: x.Target, Req: strings.TrimPrefix(x.Requirement, "^"),
			Optional: x.Optional, Defaults: x.DefaultFeatures, Features: x.Features, Path: x.Dir,
		}
		if x.Name != x.Package {
			dep.Rename = x.Name
		}
		d.Dependencies = append(d.Dependencies, dep)
	}
	sortDependencies(d.Dependencies)
	return d
}

// simplify takes out what cargo adds: features that nobody wrote, and operators of
// requirements.
func simplify(d *described) {
	maps.DeleteFunc(d.Features, func(name string, values []string) bool { return slices.Equal(values, []string{"dep:" + name}) })
	d.Targets = nil
	for i := range d.Dependencies {
		x := &d.Dependencies[i]
		x.Req, x.Source = strings.TrimPrefix(x.Req, "^"), ""
	}
	sortDependencies(d.Dependencies)
}

func sortDependencies(deps []dependency) {
	slices.SortStableFunc(deps, func(a, b dependency) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Rename, b.Rename))
	})
}
