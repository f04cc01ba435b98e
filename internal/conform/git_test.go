//go:build conform

package conform

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
)

// gitProjects are projects that depend on real repositories, which CARGOHOME_GIT
// has as NAME.git.
var gitProjects = map[string]struct{ url, dependencies string }{
	"tracing":   {"https://github.com/tokio-rs/tracing", "tracing = { git = %q }\ntracing-subscriber = { git = %[1]q }\ntracing-appender = { git = %[1]q }\n"},
	"winit":     {"https://github.com/rust-windowing/winit", "winit = { git = %q }\n"},
	"regalloc2": {"https://github.com/bytecodealliance/regalloc2", "regalloc2 = { git = %q }\n"},
	"cargo":     {"https://github.com/rust-lang/cargo", "cargo = { git = %q }\n"},
}

// gitProject makes such a project, with a home that has what it needs.
func gitProject(t *testing.T, name string) (project, home string) {
	t.Helper()
	needCargo(t)
	repos := os.Getenv("CARGOHOME_GIT")
	if repos == "" {
		t.Skip("CARGOHOME_GIT is not set: no real repositories")
	}
	p := gitProjects[name]
	root := t.TempDir()
	project, home = filepath.Join(root, name), filepath.Join(root, "home")
	config := filepath.Join(root, "gitconfig")
	write(t, config, fmt.Sprintf("[url \"file://%s\"]\n\tinsteadOf = %s\n[safe]\n\tdirectory = *\n[protocol \"file\"]\n\tallow = always\n",
		filepath.Join(repos, name+".git"), p.url))
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("CARGO_NET_GIT_FETCH_WITH_CLI", "true")
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() {}\n")
	write(t, filepath.Join(project, "Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"+fmt.Sprintf(p.dependencies, p.url))
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	return project, home
}

func TestVendor_git(t *testing.T) {
	for name := range gitProjects {
		t.Run(name, func(t *testing.T) {
			project, home := gitProject(t, name)
			both(t, project, home)
			if testing.Short() {
				return
			}
			both(t, project, home, "--versioned-dirs")
			if err := os.RemoveAll(filepath.Join(home, "git", "checkouts")); err != nil { // made anew under the umask
				t.Fatal(err)
			}
			old := syscall.Umask(0o002)
			defer syscall.Umask(old)
			both(t, project, home)
		})
	}
}

// What is restored equals what cargo made, and cargo leaves it alone.
func TestCheckout_git(t *testing.T) {
	for name := range gitProjects {
		t.Run(name, func(t *testing.T) {
			project, home := gitProject(t, name)
			restoreAndCompare(t, project, home)
		})
	}
}

func restoreAndCompare(t *testing.T, project, home string) {
	t.Helper()
	checkouts, theirs := filepath.Join(home, "git", "checkouts"), filepath.Join(home, "theirs")
	if err := os.Rename(checkouts, theirs); err != nil {
		t.Fatal(err)
	}
	command{project, home, []string{binary, "checkout"}}.output(t)
	sameTree(t, withoutGit(t, theirs), withoutGit(t, checkouts))
	before := inodes(t, checkouts)
	command{project, home, []string{"cargo", "fetch", "--offline", "--locked", "--quiet"}}.output(t)
	command{project, home, []string{binary, "checkout"}}.output(t)
	if after := inodes(t, checkouts); after != before {
		t.Error("cargo, or a second run, changed the checkouts")
	}
}

// withoutGit copies a tree less its .git folders, whose content is each
// program's own affair.
func withoutGit(t *testing.T, dir string) string {
	t.Helper()
	clean := filepath.Join(t.TempDir(), "clean")
	command{dir, "", []string{"cp", "-a", dir, clean}}.output(t)
	command{clean, "", []string{"find", clean, "-name", ".git", "-prune", "-exec", "rm", "-rf", "{}", "+"}}.output(t)
	return clean
}

// inodes lists all entries with their inodes and times.
func inodes(t *testing.T, dir string) string {
	t.Helper()
	return command{dir, "", []string{"find", dir, "-printf", "%i %T@ %p\n"}}.output(t)
}

// One name and version from a registry and from git, and a submodule: cargo
// cannot vendor that, but builds from what we make of it.
func TestVendor_git_clash(t *testing.T) {
	needCargo(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	root := t.TempDir()
	server := httptest.NewServer(registryHandler([]cargotest.Crate{
		{Name: "same", Version: "1.0.0", Files: []cargotest.File{{Path: "src/lib.rs", Content: "pub fn name() -> &'static str { \"registry\" }\n"}}},
	}))
	t.Cleanup(server.Close)
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(root, "gitconfig"))
	write(t, filepath.Join(root, "gitconfig"), "[user]\n\tname = a\n\temail = a@example.com\n[protocol \"file\"]\n\tallow = always\n")
	repo := func(name string) string { return filepath.Join(root, name) }
	write(t, filepath.Join(repo("data"), "text.txt"), "from a submodule")
	gitCommit(t, repo("data"))
	write(t, filepath.Join(repo("same"), "Cargo.toml"), "[package]\nname = \"same\"\nversion = \"1.0.0\"\nedition = \"2021\"\n")
	write(t, filepath.Join(repo("same"), "src", "lib.rs"), "pub fn name() -> &'static str { include_str!(\"../data/text.txt\") }\n")
	gitCommit(t, repo("same"))
	command{repo("same"), "", []string{"git", "submodule", "add", "--quiet", "file://" + repo("data"), "data"}}.output(t)
	gitCommit(t, repo("same"))

	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	registries := fmt.Sprintf("[registries.one]\nindex = \"sparse+%s/index/\"\n", server.URL)
	write(t, filepath.Join(project, ".cargo", "config.toml"), registries)
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() { println!(\"{}, {}\", one::name(), two::name()); }\n")
	write(t, filepath.Join(project, "Cargo.toml"), fmt.Sprintf(`[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
one = { package = "same", version = "1", registry = "one" }
two = { package = "same", git = "file://%s" }
`, repo("same")))
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	command{project, home, []string{binary, "vendor", "--write-config"}}.output(t)
	got := command{project, filepath.Join(root, "empty"), []string{"cargo", "run", "--quiet", "--offline", "--frozen"}}.output(t)
	if want := "registry, from a submodule"; strings.TrimSpace(got) != want {
		t.Errorf("the program built from the vendor folders prints %q, want %q", got, want)
	}
	write(t, filepath.Join(project, ".cargo", "config.toml"), registries) // or nothing of git would be needed any more
	restoreAndCompare(t, project, home)
}

// gitCommit makes a repository of a folder, if it is none, and commits all of it.
func gitCommit(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "fixture"}} {
		command{dir, "", append([]string{"git"}, args...)}.output(t)
	}
}
