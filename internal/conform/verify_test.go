//go:build conform

package conform

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// verifyProject makes a project with a package of a registry and one from git, which has a
// submodule, links and files that are converted; cargo fetches and vendors it.
func verifyProject(t *testing.T) (project, home string) {
	t.Helper()
	needCargo(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	root := t.TempDir()
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(root, "gitconfig"))
	t.Setenv("CARGO_NET_GIT_FETCH_WITH_CLI", "true")
	write(t, filepath.Join(root, "gitconfig"), "[user]\n\tname = a\n\temail = a@example.com\n[protocol \"file\"]\n\tallow = always\n")
	repo := filepath.Join(root, "repo")
	makeAgainRepo(t, root, repo)
	project, home = filepath.Join(root, "app"), filepath.Join(root, "home")
	cargotest.NewHome(t, home).Add(cargotest.Crate{Name: "leaf", Version: "1.0.0"})
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() {}\n")
	manifest := "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"
	write(t, filepath.Join(project, "Cargo.toml"), manifest+fmt.Sprintf("dep = { git = \"file://%s\" }\n", repo))
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	write(t, filepath.Join(project, "Cargo.toml"), manifest+fmt.Sprintf("leaf = \"1\"\ndep = { git = \"file://%s\" }\n", repo))
	config := command{project, home, []string{"cargo", "vendor", "--offline"}}.output(t)
	write(t, filepath.Join(project, ".cargo", "config.toml"), config)
	return project, home
}

// What cargo made is as it should be, every mode of it.
func TestVerify_of_cargo(t *testing.T) {
	project, home := verifyProject(t)
	for _, args := range [][]string{{"verify"}, {"verify", "vendor", "vendor", "--manifest-path", "Cargo.toml"}} {
		_, stderr, err := command{project, home, append([]string{binary}, args...)}.run()
		if err != nil || strings.Contains(stderr, "vouches") {
			t.Errorf("%q: %v\n%s", args, err, stderr)
		}
	}
}

// Cargo refuses a package that was patched, until it is rehashed.
func TestVerify_rehash(t *testing.T) {
	project, home := verifyProject(t)
	check := command{project, home, []string{"cargo", "check", "--offline", "--frozen", "--quiet"}}
	for _, name := range []string{"leaf", "dep"} {
		lib := filepath.Join(project, "vendor", name, "src", "lib.rs")
		if err := os.Chmod(lib, 0o644); err != nil {
			t.Fatal(err)
		}
		write(t, lib, "// patched\n")
		if err := os.RemoveAll(filepath.Join(project, "target")); err != nil { // cargo looks at what it compiles
			t.Fatal(err)
		}
		if stderr, err := check.try(); err == nil || !strings.Contains(stderr, "has changed") {
			t.Errorf("%s: cargo took what was patched: %v\n%s", name, err, stderr)
		}
		command{project, home, []string{binary, "vendor", "rehash", name, "--reason", "a \"reason\"\\\n"}}.output(t)
		if stderr, err := check.try(); err != nil {
			t.Errorf("%s: cargo refuses what was rehashed: %v\n%s", name, err, stderr)
		}
	}
	_, stderr, err := command{project, home, []string{binary, "verify", "vendor", "vendor", "--manifest-path", "Cargo.toml"}}.run()
	if err != nil || strings.Count(stderr, `patched: a "reason"\`) != 2 {
		t.Errorf("%v\n%s", err, stderr)
	}
}
