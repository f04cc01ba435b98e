//go:build conform

package lockfile_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// TestConform_metadata reads the lockfile of each project of a corpus (see
// internal/corpus), whose folder CARGOHOME_CORPUS names, and compares packages
// and edges with what `cargo metadata` makes of it.
func TestConform_metadata(t *testing.T) {
	corpus := os.Getenv("CARGOHOME_CORPUS")
	if _, err := exec.LookPath("cargo"); err != nil || corpus == "" {
		t.Skip("needs cargo, and a corpus in CARGOHOME_CORPUS")
	}
	locks, err := filepath.Glob(filepath.Join(corpus, "proj", "*", "Cargo.lock"))
	if err != nil || len(locks) == 0 {
		t.Fatalf("no projects in %s: %v", corpus, err)
	}
	for _, lock := range locks {
		dir := filepath.Dir(lock)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			l, err := lockfile.Read(lock)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(cargoPackages(t, corpus, dir), packages(l)); diff != "" {
				t.Errorf("-cargo +ours\n%s", diff)
			}
		})
	}
}

// packages are lines of name, version and source, and one more for each edge; a
// path package's source has no text in a lockfile.
func packages(l *lockfile.Lockfile) []string {
	var lines []string
	for _, p := range l.Packages {
		lines = append(lines, line(p.ID))
		for _, i := range p.Dependencies {
			lines = append(lines, line(p.ID)+" > "+line(l.Packages[i].ID))
		}
	}
	slices.Sort(lines)
	return lines
}

func line(id crate.ID) string {
	source := ""
	if id.Source != (crate.SourceID{}) {
		source = id.Source.String()
	}
	return id.Name + " " + id.Version + " " + source
}

func cargoPackages(t *testing.T, corpus, dir string) []string {
	cmd := exec.CommandContext(t.Context(), "cargo", "metadata", "--offline", "--locked", "--all-features", "--format-version", "1")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "CARGO_HOME="+filepath.Join(corpus, "home"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var metadata struct {
		Packages []struct{ ID, Name, Version, Source string }
		Resolve  struct {
			Nodes []struct {
				ID           string
				Dependencies []string
			}
		}
	}
	if err := json.Unmarshal(out, &metadata); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, p := range metadata.Packages {
		names[p.ID] = p.Name + " " + p.Version + " " + p.Source
	}
	lines := slices.Collect(maps.Values(names))
	for _, n := range metadata.Resolve.Nodes {
		for _, d := range n.Dependencies {
			lines = append(lines, names[n.ID]+" > "+names[d])
		}
	}
	slices.Sort(lines)
	return lines
}
