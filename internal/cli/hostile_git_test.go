//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
)

type treeEntry = cargotest.TreeEntry

func item(mode, name, id string) treeEntry { return treeEntry{Mode: mode, Name: name, ID: id} }

const (
	evilURL  = "https://example.com/evil"
	fileMode = "100644"
	linkMode = "120000"
	treeMode = "40000"
	gitlink  = "160000"
)

// hostileRepo is a home with one repository, in which a package and something
// evil are.
type hostileRepo struct {
	*cargotest.Objects
	sentinel string
}

// with returns a commit of a package and more entries at the root, which come
// before or after the package's as git would sort them.
func (r hostileRepo) with(before []treeEntry, after ...treeEntry) string {
	entries := append(before, r.files()...)
	return r.Commit(r.Tree(append(entries, after...)...))
}

func (r hostileRepo) manifest() string {
	return r.Blob("[package]\nname = \"evil\"\nversion = \"1.0.0\"\n")
}

// files are those of the package.
func (r hostileRepo) files() []treeEntry {
	src := r.Tree(item(fileMode, "lib.rs", r.Blob("")))
	return []treeEntry{item(fileMode, "Cargo.toml", r.manifest()), item(treeMode, "src", src)}
}

func (r hostileRepo) link(name, target string) treeEntry {
	return item(linkMode, name, r.Blob(target))
}

func (r hostileRepo) modules(text string) treeEntry {
	return item(fileMode, ".gitmodules", r.Blob(text))
}

func module(url string) string {
	return "[submodule \"s\"]\n\tpath = s\n\turl = " + url + "\n"
}

// hostileCases: what makes the commit, and what vendor and checkout say; "" is
// for a run that succeeds.
var hostileCases = map[string]struct {
	commit           func(r hostileRepo) string
	vendor, checkout string
}{
	"link_absolute": {
		func(r hostileRepo) string { return r.with(nil, r.link("x", r.sentinel)) }, "leads out of the repository", ""},
	"link_climbing": {
		func(r hostileRepo) string { return r.with(nil, r.link("x", "../../../../../sentinel")) }, "leads out of the repository", ""},
	"link_into_git": {
		func(r hostileRepo) string { return r.with(nil, r.link("x", ".git/config")) }, "leads out of the repository", ""},
	"link_as_cargo_ok": {
		func(r hostileRepo) string {
			return r.with([]treeEntry{r.link(".cargo-ok", "../../../../../sentinel")})
		}, ".cargo-ok", ".cargo-ok"},
	"dot_dot": {
		func(r hostileRepo) string {
			return r.with([]treeEntry{item(treeMode, "..", r.Tree(item(fileMode, "sentinel", r.Blob("evil"))))})
		}, `".."`, `".."`},
	"slash_in_a_name": {
		func(r hostileRepo) string { return r.with(nil, item(fileMode, "x/../../sentinel", r.Blob("evil"))) }, "entry", "entry"},
	"git_folder": {
		func(r hostileRepo) string {
			return r.with([]treeEntry{item(treeMode, ".git", r.Tree(item(fileMode, "config", r.Blob("evil"))))})
		}, `".git"`, `".git"`},
	"git_folder_in_capitals": {
		func(r hostileRepo) string { return r.with([]treeEntry{item(fileMode, ".GiT", r.Blob("evil"))}) }, `".GiT"`, `".GiT"`},
	"git_folder_short": {
		func(r hostileRepo) string { return r.with(nil, item(fileMode, "git~1", r.Blob("evil"))) }, `"git~1"`, `"git~1"`},
	"git_folder_ignorable": {
		func(r hostileRepo) string {
			return r.with([]treeEntry{item(fileMode, ".g\u200cit", r.Blob("evil"))})
		}, `it"`, `it"`},
	"twice": {
		func(r hostileRepo) string {
			return r.with(nil, item(fileMode, "x", r.Blob("a")), item(fileMode, "x", r.Blob("b")))
		}, `"x"`, `"x"`},
	"gitlink_without_modules": {
		func(r hostileRepo) string {
			return r.with(nil, item(gitlink, "s", strings.Repeat("1", 40)))
		}, "submodule", "submodule"},
	"option_as_url": {
		func(r hostileRepo) string {
			return r.with([]treeEntry{r.modules(module("--upload-pack=touch"))}, item(gitlink, "s", strings.Repeat("1", 40)))
		}, "submodule", "submodule"},
	"password_in_url": {
		func(r hostileRepo) string {
			return r.with([]treeEntry{r.modules(module("https://me:hunter2@example.com/s"))}, item(gitlink, "s", strings.Repeat("1", 40)))
		}, "https://***@example.com/s", "https://***@example.com/s"},
	"submodules_without_end": {
		func(r hostileRepo) string {
			commit := r.with(nil)
			for range 200 {
				commit = r.with([]treeEntry{r.modules(module(evilURL))}, item(gitlink, "s", commit))
			}
			return commit
		}, "submodules", "submodules"},
	"folder_of_bytes": {
		func(r hostileRepo) string { return r.Commit(r.Tree(item(treeMode, "caf\xe9", r.Tree(r.files()...)))) }, "", ""},
	"file_of_bytes": {
		func(r hostileRepo) string { return r.with(nil, item(fileMode, "x\xe9", r.Blob(""))) }, `file name "x\xe9" is not UTF-8`, ""},
	"manifest_missing": {
		func(r hostileRepo) string {
			id := r.with(nil)
			if err := os.Remove(r.Path(r.manifest())); err != nil {
				panic(err)
			}
			return id
		}, "help: delete the damaged repository from git/db", "object"},
	"object_cut_short": {
		func(r hostileRepo) string {
			id := r.Blob(strings.Repeat("some text ", 1000))
			if err := os.Truncate(r.Path(id), 20); err != nil {
				panic(err)
			}
			return r.with(nil, item(fileMode, "x", id))
		}, "object", "object"},
	"object_of_another_name": {
		func(r hostileRepo) string {
			id, other := r.Blob("one"), r.Blob("two")
			if err := os.Rename(r.Path(other), r.Path(id)); err != nil {
				panic(err)
			}
			return r.with(nil, item(fileMode, "x", id))
		}, "object", "object"},
	"hooks_and_config": {
		func(r hostileRepo) string {
			hook := "#!/bin/sh\necho evil > " + r.sentinel + "\n"
			if err := os.MkdirAll(filepath.Join(r.Dir, "hooks"), 0o777); err != nil {
				panic(err)
			}
			for name, text := range map[string]string{
				"hooks/post-checkout": hook, "hooks/fsmonitor": hook,
				"config": "[core]\n\tfsmonitor = hooks/fsmonitor\n\tworktree = ../../../..\n[include]\n\tpath = /dev/tty\n[filter \"x\"]\n\tsmudge = hooks/post-checkout\n",
			} {
				if err := os.WriteFile(filepath.Join(r.Dir, name), []byte(text), 0o777); err != nil {
					panic(err)
				}
			}
			return r.with([]treeEntry{item(fileMode, ".gitattributes", r.Blob("* filter=x\n"))})
		}, "", ""},
}

// Hostile repositories are refused with the entry named, or made harmless:
// nothing outside is touched, and nothing half-made is left.
func TestHostileRepositories(t *testing.T) {
	for name, c := range hostileCases {
		for _, command := range []string{"vendor", "checkout"} {
			t.Run(name+"/"+command, func(t *testing.T) {
				want := c.vendor
				if command == "checkout" {
					want = c.checkout
				}
				runHostile(t, c.commit, command, want)
			})
		}
	}
}

func runHostile(t *testing.T, commit func(hostileRepo) string, command, want string) {
	root := t.TempDir()
	sentinel := filepath.Join(root, "sentinel")
	if err := os.WriteFile(sentinel, []byte("untouched"), 0o666); err != nil {
		t.Fatal(err)
	}
	home := cargotest.NewHome(t, filepath.Join(root, "home"))
	id := commit(hostileRepo{home.Objects("evil-0123456789abcdef", evilURL), sentinel})
	lock := "version = 4\n\n[[package]]\nname = \"evil\"\nversion = \"1.0.0\"\nsource = \"git+" + evilURL + "#" + id + "\"\n"
	if err := os.WriteFile(filepath.Join(root, "Cargo.lock"), []byte(lock), 0o666); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	status := cli.Main(t.Context(), &cli.System{
		Args:    []string{"cargohome", command, "--lockfile-path", "Cargo.lock"},
		Environ: []string{"CARGO_HOME=" + home.Dir},
		Dir:     root,
		Stdout:  &stdout, Stderr: &stderr,
	})
	checkHostile(t, root, command, want, status, stderr.String())
}

func checkHostile(t *testing.T, root, command, want string, status int, stderr string) {
	t.Helper()
	if data, err := os.ReadFile(filepath.Join(root, "sentinel")); string(data) != "untouched" {
		t.Errorf("the sentinel is %q (%v)", data, err)
	}
	if strings.Contains(stderr, "hunter2") {
		t.Errorf("a password is printed: %s", stderr)
	}
	made := map[string]string{"vendor": "vendor", "checkout": "home/git/checkouts"}[command]
	_, err := os.Lstat(filepath.Join(root, made))
	switch {
	case want == "" && (status != 0 || err != nil):
		t.Errorf("status %d, made: %v\n%s", status, err, stderr)
	case want != "" && (status != 1 || !strings.Contains(stderr, want)):
		t.Errorf("status %d, want 1 and %q in:\n%s", status, want, stderr)
	case want != "" && err == nil:
		t.Errorf("%s was made", made)
	}
	for _, dir := range []string{root, filepath.Join(root, "home"), filepath.Join(root, "home", "git")} {
		if left, _ := filepath.Glob(filepath.Join(dir, ".cargohome-tmp-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}
