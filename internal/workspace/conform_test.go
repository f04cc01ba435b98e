//go:build conform

package workspace_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/manifest"
	"cargohome/internal/workspace"
)

// metadata is the part of `cargo metadata` that names the workspace.
type metadata struct {
	Root     string   `json:"workspace_root"`
	Members  []string `json:"workspace_members"`
	Packages []struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Version  string `json:"version"`
		Manifest string `json:"manifest_path"`
		Source   string `json:"source"`
	} `json:"packages"`
}

func cargo(t *testing.T, dir, home string, args ...string) (stdout []byte, err error) {
	t.Helper()
	cargo, err := exec.LookPath("cargo")
	if err != nil {
		t.Skip("cargo is not installed")
	}
	cmd := exec.Command(cargo, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+home, "CARGO_TERM_COLOR=never", "CARGO_NET_OFFLINE=true", "PWD="+dir)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err = cmd.Run(); err != nil {
		t.Logf("cargo %s: %s", strings.Join(args, " "), errs.Bytes())
	}
	return out.Bytes(), err
}

// pkg is what cargo says of a package.
type pkg struct{ Dir, Name, Version string }

func pkgs(manifests []*manifest.Manifest) (all []pkg) {
	for _, m := range manifests {
		all = append(all, pkg{m.Dir, m.Name, m.Version})
	}
	return all
}

// askCargo returns the root and the members.
func askCargo(t *testing.T, path, home string) (root string, members []pkg, err error) {
	t.Helper()
	out, err := cargo(t, filepath.Dir(path), home, "metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", path)
	if err != nil {
		return "", nil, err
	}
	var m metadata
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	for _, id := range m.Members {
		for _, p := range m.Packages {
			if p.ID == id {
				members = append(members, pkg{filepath.Dir(p.Manifest), p.Name, p.Version})
			}
		}
	}
	return m.Root, members, nil
}

func compareWithCargo(t *testing.T, path, home string) {
	t.Helper()
	root, members, wantErr := askCargo(t, path, home)
	got, err := workspace.Find(path, home)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("Find: error %v, cargo's %v", err, wantErr)
	}
	if err != nil {
		return
	}
	if diff := cmp.Diff(members, pkgs(got.Members)); got.Root != root || diff != "" {
		t.Errorf("root %q, cargo's is %q; members (-cargo +got)\n%s", got.Root, root, diff)
	}
	out, err := cargo(t, filepath.Dir(path), home, "locate-project", "--workspace", "--message-format", "plain", "--manifest-path", path)
	if located := strings.TrimSpace(string(out)); err != nil || located != got.Manifest {
		t.Errorf("root manifest %q; cargo locates %q (%v)", got.Manifest, located, err)
	}
}

func TestConform_shapes(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			root := s.build(t)
			path := filepath.Join(root, s.start, "Cargo.toml")
			if _, err := os.Stat(path); err == nil {
				compareWithCargo(t, path, s.homeIn(root))
			}
		})
	}
}

// TestConform_pathPackages: where cargo cannot vendor we fail, and every path
// package of a resolution is among ours. No shape depends on a registry.
func TestConform_pathPackages(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			root, w, err := s.find(t)
			if err != nil {
				t.Skip("not a workspace")
			}
			_, wantErr := cargo(t, filepath.Join(root, s.start), s.homeIn(root), "vendor", "--offline", filepath.Join(root, "..", "vendor"))
			packages, err := w.PathPackages()
			if agree := (err == nil) == (wantErr == nil); agree != (s.differs == "") {
				t.Fatalf("PathPackages: error %v, cargo's %v; known difference %q", err, wantErr, s.differs)
			}
			if wantErr != nil || len(w.Members) == 0 {
				return
			}
			for _, p := range resolved(t, filepath.Join(root, s.start, "Cargo.toml"), s.homeIn(root)) {
				if !slices.Contains(pkgs(packages), p) {
					t.Errorf("%v is missing among %v", p, pkgs(packages))
				}
			}
		})
	}
}

func resolved(t *testing.T, path, home string) []pkg {
	t.Helper()
	out, err := cargo(t, filepath.Dir(path), home, "metadata", "--offline", "--format-version", "1", "--manifest-path", path)
	if err != nil {
		t.Fatal(err)
	}
	var m metadata
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	var packages []pkg
	for _, p := range m.Packages {
		if p.Source == "" {
			packages = append(packages, pkg{filepath.Dir(p.Manifest), p.Name, p.Version})
		}
	}
	return packages
}

// TestConform_projects compares on real projects: the folders proj/* of
// CARGOHOME_CORPUS, from the root and from one member.
func TestConform_projects(t *testing.T) {
	corpus := os.Getenv("CARGOHOME_CORPUS")
	if corpus == "" {
		t.Skip("CARGOHOME_CORPUS is not set")
	}
	projects, err := filepath.Glob(filepath.Join(corpus, "proj", "*", "Cargo.toml"))
	if err != nil || len(projects) == 0 {
		t.Fatalf("no projects in %s (%v)", corpus, err)
	}
	home := t.TempDir()
	for _, path := range projects {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			t.Parallel()
			compareWithCargo(t, path, home)
			w, err := workspace.Find(path, home)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.PathPackages(); err != nil {
				t.Error(err)
			}
			t.Logf("%d members", len(w.Members))
			if n := len(w.Members); n > 1 {
				compareWithCargo(t, filepath.Join(w.Members[n-1].Dir, "Cargo.toml"), home)
			}
		})
	}
}
