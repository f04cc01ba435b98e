//go:build conform

package conform

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// againChanges are what happens between two runs: to our vendor folder, or to the
// repository, of which then another commit is locked.
var againChanges = []struct {
	name   string
	damage func(t *testing.T, dir string)
	push   func(t *testing.T, dir string, n int) // n is another each time
}{
	{name: "nothing"},
	{name: "content", damage: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "src", "lib.rs"), "// changed\n") }},
	{name: "mode", damage: func(t *testing.T, dir string) {
		if err := os.Chmod(filepath.Join(dir, "run.sh"), 0o644); err != nil {
			t.Fatal(err)
		}
	}},
	{name: "more", damage: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "src", "more.rs"), "") }},
	{name: "manifest", damage: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "Cargo.toml"), "# changed\n") }},
	{name: "record", damage: func(t *testing.T, dir string) {
		write(t, filepath.Join(dir, ".cargo-checksum.json"), `{"files":{},"package":null}`)
	}},
	{name: "workspace", push: func(t *testing.T, dir string, n int) {
		write(t, filepath.Join(dir, "Cargo.toml"), againWorkspace([]string{"2018", "2015"}[n]))
	}},
	{name: "attributes", push: func(t *testing.T, dir string, n int) {
		write(t, filepath.Join(dir, ".gitattributes"), []string{"*.rs eol=crlf\n", "*.rs ident\n"}[n])
	}},
	{name: "submodule", push: func(t *testing.T, dir string, n int) {
		write(t, filepath.Join(dir, "..", "data", "text.txt"), fmt.Sprintf("changed %d\n", n))
		gitCommit(t, filepath.Join(dir, "..", "data"))
		command{filepath.Join(dir, "dep", "data"), "", []string{"git", "pull", "--quiet"}}.output(t)
	}},
	{name: "elsewhere", push: func(t *testing.T, dir string, n int) {
		write(t, filepath.Join(dir, "other.txt"), fmt.Sprintf("changed %d\n", n))
	}},
}

func againWorkspace(edition string) string {
	return fmt.Sprintf("[workspace]\nmembers = [\"dep\"]\nresolver = \"2\"\n[workspace.package]\nedition = %q\n", edition)
}

// A vendor folder that is there already becomes what cargo makes of it, with the stat
// cache and without; and where nothing is to be done nothing is.
func TestVendor_git_again(t *testing.T) {
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

	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() {}\n")
	write(t, filepath.Join(project, "Cargo.toml"), fmt.Sprintf("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndep = { git = \"file://%s\" }\n", repo))
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	theirs := copyProject(t, project)
	for n, flags := range [][]string{nil, {"--no-stat-cache"}} {
		ours := copyProject(t, project)
		run := append([]string{binary, "vendor"}, flags...)
		for _, change := range againChanges {
			command{ours, home, run}.output(t)
			time.Sleep(100 * time.Millisecond) // more than a tick of the clock of files
			command{ours, home, run}.output(t)
			if change.damage != nil {
				change.damage(t, filepath.Join(ours, "vendor", "dep"))
			}
			if change.push != nil {
				change.push(t, repo, n)
				gitCommit(t, repo)
				command{ours, home, []string{"cargo", "update", "--quiet"}}.output(t)
			}
			before := inodes(t, filepath.Join(ours, "vendor", "dep"))
			command{ours, home, run}.output(t)
			if after := inodes(t, filepath.Join(ours, "vendor", "dep")); change.damage == nil && change.push == nil && after != before {
				t.Errorf("%s, %q: something was written", change.name, flags)
			}
			copyFile(t, filepath.Join(ours, "Cargo.lock"), filepath.Join(theirs, "Cargo.lock"))
			command{theirs, home, []string{"cargo", "vendor", "--quiet", "--locked", "--offline"}}.output(t)
			t.Logf("%s, %q", change.name, flags)
			sameTree(t, filepath.Join(theirs, "vendor"), filepath.Join(ours, "vendor"))
		}
	}
}

func makeAgainRepo(t *testing.T, root, repo string) {
	t.Helper()
	data := filepath.Join(root, "data")
	write(t, filepath.Join(data, "text.txt"), "from a submodule\n")
	gitCommit(t, data)
	dep := filepath.Join(repo, "dep")
	write(t, filepath.Join(repo, "Cargo.toml"), againWorkspace("2021"))
	write(t, filepath.Join(repo, ".gitattributes"), "crlf.txt eol=crlf\nident.txt ident\n")
	write(t, filepath.Join(repo, "shared.txt"), "shared\n")
	write(t, filepath.Join(dep, "Cargo.toml"), "[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition.workspace = true\nexclude = [\"secret\"]\n")
	for name, text := range map[string]string{"src/lib.rs": "// a library\n", "crlf.txt": "one\ntwo\n", "ident.txt": "$Id$\n", "secret": "", "run.sh": "#!/bin/sh\n"} {
		write(t, filepath.Join(dep, name), text)
	}
	if err := os.Symlink("../shared.txt", filepath.Join(dep, "link.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dep, "run.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	gitCommit(t, repo)
	command{repo, "", []string{"git", "submodule", "add", "--quiet", "file://" + data, "dep/data"}}.output(t)
	gitCommit(t, repo)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, string(text))
}
