//go:build conform

package cargotest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/cargotest"
)

// cargo runs cargo in dir, without a network, and returns what it printed.
func cargo(t *testing.T, home, dir string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("cargo"); err != nil {
		t.Skip("needs cargo")
	}
	cmd := exec.CommandContext(t.Context(), "cargo", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+home, "CARGO_TARGET_DIR="+t.TempDir(), "CARGO_TERM_COLOR=never")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("cargo %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

var crates = []cargotest.Crate{
	{Name: "leaf", Version: "1.0.0"}, {Name: "leaf", Version: "2.0.0", Yanked: true, Features: map[string][]string{"x": {}, "y": {"dep:opt"}}, Deps: []cargotest.Dep{{Name: "opt", Optional: true}}},
	{Name: "opt", Version: "0.1.0"},
	{Name: "mid", Version: "0.3.1", Deps: []cargotest.Dep{{Name: "leaf", Req: "1"}, {Name: "leaf", Req: "2", As: "leaf2", Features: []string{"x"}}, {Name: "win", Target: "cfg(windows)"}}},
	{Name: "win", Version: "0.0.1"},
	{Name: "native", Version: "1.0.0+lib.3", Links: "native", Files: []cargotest.File{{Path: "build.rs", Content: "fn main() { other::describe(); }\n"}},
		Deps: []cargotest.Dep{{Name: "leaf", Req: "=1.0.0", As: "other", Kind: "build"}}},
}

var app = cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "mid", Req: "0.3"}, {Name: "native"}, {Name: "own", Req: "0.4.0", Path: true}, {Name: "leaf", Req: "1", Kind: "dev"}}}

const says = "mid 0.3.1 < leaf 1.0.0 < leaf 2.0.0"

func TestConform_build(t *testing.T) {
	for version := 1; version <= 4; version++ {
		t.Run(fmt.Sprintf("v%d", version), func(t *testing.T) {
			home, dir := cargotest.NewHome(t, t.TempDir()), t.TempDir()
			home.Add(crates...)
			p := app
			p.LockVersion = version
			home.WriteProject(dir, p)
			if out := cargo(t, home.Dir, dir, "run", "--offline", "--frozen"); !strings.Contains(out, says) {
				t.Errorf("cargo printed %s, want %q", out, says)
			}
			checkRewritten(t, home, dir, p)
		})
	}
}

// checkRewritten gives Cargo a reason to write the lockfile anew, which it does
// in version 4, and compares it with ours.
func checkRewritten(t *testing.T, home *cargotest.Home, dir string, p cargotest.Project) {
	path := filepath.Join(dir, "Cargo.lock")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "\n\n"...), 0o666); err != nil {
		t.Fatal(err)
	}
	cargo(t, home.Dir, dir, "metadata", "--offline", "--format-version", "1")
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cargotest.LockText(4, home.Lock(p)), string(got)); diff != "" {
		t.Errorf("-ours +cargo's\n%s", diff)
	}
}

func TestConform_vendor(t *testing.T) {
	home, dir := cargotest.NewHome(t, t.TempDir()), t.TempDir()
	home.Add(crates...)
	home.WriteProject(dir, app)
	cargo(t, home.Dir, dir, "vendor", "--offline", "--locked")
	config := "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n"
	buildWith(t, t.TempDir(), dir, config)
}

func TestConform_git_index(t *testing.T) {
	home, dir := cargotest.NewHome(t, t.TempDir()), t.TempDir()
	r := home.Registry(cargotest.CratesIOGit)
	r.Add(crates...)
	r.CommitIndex()
	home.WriteProject(dir, app)
	buildWith(t, home.Dir, dir, "[registries.crates-io]\nprotocol = \"git\"\n")
}

func TestConform_local_registry(t *testing.T) {
	home, dir, local := cargotest.NewHome(t, t.TempDir()), t.TempDir(), t.TempDir()
	home.Add(crates...)
	home.WriteProject(dir, app)
	cargotest.AddLocal(t, local, crates...)
	buildWith(t, t.TempDir(), dir, fmt.Sprintf("[source.crates-io]\nreplace-with = \"l\"\n[source.l]\nlocal-registry = %q\n", local))
}

// The folder names are those of spec 2.5 and 12.
func TestConform_other_registries(t *testing.T) {
	home, dir := cargotest.NewHome(t, t.TempDir()), t.TempDir()
	sparse, git := home.Registry("127.0.0.1-d93c24d61016b71b"), home.Registry("my-crates.io-b2d65deb64f05373")
	sparse.Add(cargotest.Crate{Name: "far", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "leaf", Req: "1", Registry: "https://github.com/rust-lang/crates.io-index"}}})
	git.Add(cargotest.Crate{Name: "farther", Version: "1.0.0"})
	git.CommitIndex()
	home.Add(crates...)
	home.WriteProject(dir, cargotest.Project{
		Name: "app", Deps: []cargotest.Dep{{Name: "far", Registry: "sparse+http://127.0.0.1:8000/index/"}, {Name: "farther", Registry: "https://my-crates.io/"}},
		Registries: map[string]string{"sparse+http://127.0.0.1:8000/index/": sparse.Name, "https://my-crates.io/": git.Name, "https://github.com/rust-lang/crates.io-index": cargotest.CratesIO},
	})
	cargo(t, home.Dir, dir, "build", "--offline", "--frozen")
}

func buildWith(t *testing.T, home, dir, config string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, ".cargo"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".cargo", "config.toml"), []byte(config), 0o666); err != nil {
		t.Fatal(err)
	}
	if out := cargo(t, home, dir, "run", "--offline", "--frozen"); !strings.Contains(out, says) {
		t.Errorf("cargo printed %s, want %q", out, says)
	}
}
