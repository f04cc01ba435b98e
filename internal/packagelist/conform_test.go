//go:build conform

package packagelist

import (
	"bytes"
	"cargohome/internal/compat"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cargohome/crate/archive"
	"cargohome/internal/filelist"

	"github.com/google/go-cmp/cmp"
)

// A shape is a git repository with a package, and what is to be listed of it.
type shape struct {
	name string
	// tree has one path per line. "a -> b" is a link, "a = s" a submodule of
	// the shape s in subShapes, "a: text" a file of that text (\n is a line
	// feed), "a *" an executable. A Cargo.toml without text is the manifest
	// of package p in the shape's folder, elsewhere that of a package named
	// after its folder.
	tree             string
	dir              string
	include, exclude []string
	path             string // put into the root a package that has p as path dependency

	fails string // what Cargo says if it cannot vendor
	err   string // part of our error
	warn  string // part of our only warning
}

// subShapes are the repositories that shapes have as submodules. An earlier
// one may lie in a later one.
var subShapes = []shape{
	{name: "plain", tree: "s.txt\n.hidden\nd/e.txt\nd/f *\n.gitattributes\ntarget/t.txt"},
	{name: "hiding", tree: "s.txt\n.gitignore: *-ok\\n"},
	{name: "unhiding", tree: "s.txt\n.gitignore: .*\\n!/.cargo-ok\\n"},
	{name: "package", tree: "Cargo.toml\nsrc/lib.rs\nx.txt"},
	{name: "packages", tree: "s.txt\none/Cargo.toml\none/src/lib.rs\none/.hidden\none/target/x\none/a.txt\ntwo/t.txt"},
	{name: "nested", tree: "n.txt\nin/ner = plain"},
	{name: "linked-ignore", tree: "s.txt: *\\n\n.gitignore -> s.txt"},
	{name: "looping", tree: "n.txt\nself -> ."},
	{name: "above", tree: "n.txt\nup -> ../other"},
	{name: "linked", tree: "n.txt\nlib -> d\nd/x.txt\nbin/t -> ../target/x\ntarget/x"},
}

var shapes = []shape{
	{name: "plain", tree: "Cargo.toml\nsrc/lib.rs\nREADME.md\n.hidden\n.cargo/config.toml:\n.github/x.yml\nCargo.lock:\nbin/run *"},
	{name: "folder", tree: "a/Cargo.toml\na/src/lib.rs\na/x\nb/y\nz\nab/z", dir: "a"},
	{name: "ignored-but-tracked", tree: "Cargo.toml\nsrc/lib.rs\n.gitignore: /x\\n*.o\\n\nx\ny.o\nd/.gitignore: *\\n\nd/z\n.gitattributes"},
	{name: "exclude", tree: "Cargo.toml\nsrc/lib.rs\nx\ny/x\ny/z\n.h/x\n.h/y", exclude: []string{"/x", "y/z", ".h/"}},
	{name: "exclude-negated", tree: "Cargo.toml\nsrc/lib.rs\nx/a\nx/b/c\nx/b/d\ny", exclude: []string{"x", "!x/b", "c"}},
	{name: "exclude-all", tree: "Cargo.toml\nCargo.lock:\nsrc/lib.rs\nx/a", exclude: []string{"*", "!*.rs"}},
	{name: "exclude-slash", tree: "Cargo.toml\nsrc/lib.rs\nx/a\ny", exclude: []string{"/", "!src"}},
	{name: "exclude-manifest", tree: "Cargo.toml\nCargo.lock:\nsrc/lib.rs\nd/Cargo.lock:", exclude: []string{"Cargo.*"}},
	{name: "include", tree: "Cargo.toml\nCargo.lock:\nsrc/lib.rs\nx\n.h/y\nd/x\ntarget/x", include: []string{"/src", "x", ".h"}, exclude: []string{"d"}},
	{name: "include-comment", tree: "Cargo.toml\nsrc/lib.rs\nx", include: []string{"#x", "src"}},
	{name: "include-all", tree: "Cargo.toml\nsrc/lib.rs\n.h/x\n.gitignore\nd/.gitattributes\ntarget/x\nd/target/x\nsub/Cargo.toml\nsub/y", include: []string{"*"}},
	{name: "include-negated", tree: "Cargo.toml\nsrc/lib.rs\nsrc/a/b\nsrc/a/c\nsrc/d", include: []string{"src/**", "!src/a", "src/a/c"}},
	{name: "include-target-below", tree: "Cargo.toml\nsrc/lib.rs\nd/target/x\nl -> d\nlt/x\nk/target -> ../lt", include: []string{"*"}},
	{name: "bad-exclude", tree: "Cargo.toml\nsrc/lib.rs", exclude: []string{"a{b"}, fails: "error parsing glob 'a{b'", err: `"{"`},
	{name: "bad-exclude-unused", tree: "Cargo.toml\nsrc/lib.rs", exclude: []string{"a}"}, include: []string{"*"}, fails: "error parsing glob", err: `"}"`},
	{name: "target-tracked", tree: "Cargo.toml\nsrc/lib.rs\ntarget/x\ntarget/d/y\nd/target/z\ntarget/.gitignore"},
	{name: "target-excluded", tree: "Cargo.toml\nsrc/lib.rs\ntarget/x\ntarget/d/y", exclude: []string{"target/d"}},
	{name: "target-package", tree: "Cargo.toml\nsrc/lib.rs\ntarget/x\ntarget/d/Cargo.toml\ntarget/d/y"},
	{name: "target-file", tree: "Cargo.toml\nsrc/lib.rs\ntarget"},
	{name: "target-link", tree: "Cargo.toml\nsrc/lib.rs\ntarget -> d\nd/x"},
	{name: "target-links", tree: "Cargo.toml\nsrc/lib.rs\ntarget/l -> ../src/lib.rs\ntarget/d/x"},
	{name: "target-folder-link", tree: "Cargo.toml\nsrc/lib.rs\ntarget/l -> ../src\ntarget/x", fails: "failed to read from", warn: "link to a folder"},
	{name: "target-of-folder", tree: "a/Cargo.toml\na/src/lib.rs\na/target/x\ntarget/y", dir: "a"},
	{name: "target-submodule", tree: "Cargo.toml\nsrc/lib.rs\ntarget = plain"},
	{name: "target-in-submodule", tree: "Cargo.toml\nsrc/lib.rs\ntarget/s = plain", fails: "failed to read from", warn: "a submodule"},
	{name: "sub-package", tree: "Cargo.toml\nsrc/lib.rs\nx/Cargo.toml\nx/src/lib.rs\nx/y/z\nxy\nd/x/Cargo.toml\nd/x/y\nd/z"},
	{name: "sub-package-invalid", tree: "Cargo.toml\nsrc/lib.rs\nx/Cargo.toml: [\nx/y"},
	{name: "sub-package-excluded", tree: "Cargo.toml\nsrc/lib.rs\nx/Cargo.toml\nx/y", exclude: []string{"x/Cargo.toml"}},
	{name: "sub-package-dangling", tree: "Cargo.toml\nsrc/lib.rs\nx/Cargo.toml -> no\nx/y"},
	{name: "sub-package-folder", tree: "Cargo.toml\nsrc/lib.rs\nx/Cargo.toml/z\nx/y"},
	{name: "sub-package-folder-walked", tree: "Cargo.toml\nsrc/lib.rs\nx/Cargo.toml/z\nx/y", include: []string{"*"}},
	{name: "sub-package-dangling-walked", tree: "Cargo.toml\nsrc/lib.rs\nx/Cargo.lock\nd/e -> no\nx/y", include: []string{"*"}, exclude: nil, fails: "failed to open", warn: "leads nowhere"},
	{name: "manifest-link", tree: "Cargo.toml -> m/real\nm/real: [package]\\nname = \"p\"\\nversion = \"1.0.0\"\\n\nsrc/lib.rs"},

	{name: "link-file", tree: "a/Cargo.toml\na/src/lib.rs\na/L -> ../LICENSE\nLICENSE\na/X -> ../run\nrun *", dir: "a"},
	{name: "link-link", tree: "a/Cargo.toml\na/src/lib.rs\na/L -> ../M\nM -> d/../N\nN\nd/x", dir: "a"},
	{name: "link-folder", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ../b\nb/x\nb/.h/y\nb/target/z\nb/d/e/f *\nb/.gitignore: x", dir: "a"},
	{name: "link-folder-excluded-there", tree: "Cargo.toml\nsrc/lib.rs\nl -> docs\ndocs/secret\ndocs/x", exclude: []string{"docs/secret"}},
	{name: "link-folder-excluded", tree: "Cargo.toml\nsrc/lib.rs\nl -> docs\nm -> docs\ndocs/x", exclude: []string{"l/", "m/x"}},
	{name: "link-folder-excluded-dir-in", tree: "Cargo.toml\nsrc/lib.rs\nl -> docs\ndocs/d/x\ndocs/y", exclude: []string{"/l/d", "!/l/d/x"}},
	{name: "link-to-package", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ../b\nb/Cargo.toml\nb/x\na/m -> ../c\nc/d/Cargo.toml\nc/d/x\nc/e", dir: "a"},
	{name: "link-in-linked", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ../b\nb/m -> ../c\nc/n -> d\nc/d/e\nb/f -> ../c/d/e", dir: "a"},
	{name: "link-loop-walked", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ../b\nb/m -> .\nb/x", dir: "a", warn: "leads back"},
	{name: "link-loop-include", tree: "Cargo.toml\nsrc/lib.rs\nsrc/m -> ..\nsrc/n -> .", include: []string{"*"}, warn: "both"},
	{name: "link-self", tree: "Cargo.toml\nsrc/lib.rs\nl -> l", fails: "failed to open", warn: "leads nowhere"},
	{name: "link-self-excluded", tree: "Cargo.toml\nsrc/lib.rs\nl -> l", exclude: []string{"l"}},
	{name: "link-dangling", tree: "Cargo.toml\nsrc/lib.rs\nl -> no", fails: "failed to open", warn: "leads nowhere"},
	{name: "link-dangling-excluded", tree: "Cargo.toml\nsrc/lib.rs\nl -> no", exclude: []string{"l"}},
	{name: "link-dangling-not-included", tree: "Cargo.toml\nsrc/lib.rs\nd/l -> no", include: []string{"src"}},
	{name: "link-dangling-gitignore", tree: "Cargo.toml\nsrc/lib.rs\nd/.gitignore -> no"},
	{name: "link-through-file", tree: "Cargo.toml\nsrc/lib.rs\nl -> x/\nx", fails: "failed to open", warn: "leads nowhere"},
	{name: "link-slash", tree: "Cargo.toml\nsrc/lib.rs\nl -> d//.//../d/\nd/x"},
	{name: "link-physical-parent", tree: "Cargo.toml\nsrc/lib.rs\nl -> d/e/../x\nd/e -> f/g\nd/f/g/y\nd/f/x"},
	{name: "link-to-root", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ..\nb/x\n.h\ntarget/y\n.gitignore: z", dir: "a"},
	{name: "link-to-root-package", tree: "Cargo.toml\nsrc/lib.rs\nl -> ."},
	{name: "link-to-root-other-package", tree: "Cargo.toml\nsrc/lib.rs\na/Cargo.toml\na/src/lib.rs\na/l -> ..", dir: "a"},
	{name: "link-root-hidden-marker", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ..\n.gitignore: .cargo-*\\n", dir: "a"},
	{name: "link-to-root-include", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ..\nx", dir: "a", include: []string{"*"}},
	{name: "link-many", tree: linkChain(39)},
	{name: "link-too-many", tree: linkChain(40), fails: "failed to open", warn: "leads nowhere"},
	{name: "link-many-path", tree: "Cargo.toml\nsrc/lib.rs\nd/x\nl -> d\nd/m -> k\nd/k/y\nd/k/z -> ../x"},
	{name: "path-link", tree: "l -> b\nb/Cargo.toml\nb/src/lib.rs\nb/x", dir: "l", path: "l", fails: "failed to write", err: "reached through a link"},
	{name: "path-link-below", tree: "l -> b\nb/c/Cargo.toml\nb/c/src/lib.rs", dir: "l/c", path: "l/c", fails: "failed to", err: "reached through a link"},
	{name: "path-link-include", tree: "l -> b\nb/Cargo.toml\nb/src/lib.rs\nb/x\nb/d/m -> ..", dir: "l", path: "l", include: []string{"*"}, warn: "leads back"},

	{name: "submodule", tree: "Cargo.toml\nsrc/lib.rs\ns = plain\nd/s = plain"},
	{name: "submodule-excluded", tree: "Cargo.toml\nsrc/lib.rs\ns = plain", exclude: []string{"s/d", ".hidden", "target"}},
	{name: "submodule-folder-excluded", tree: "Cargo.toml\nsrc/lib.rs\ns = plain", exclude: []string{"s"}},
	{name: "submodule-included", tree: "Cargo.toml\nsrc/lib.rs\ns = plain", include: []string{"s", "src"}},
	{name: "submodule-hiding", tree: "Cargo.toml\nsrc/lib.rs\ns = hiding\nu = unhiding"},
	{name: "submodule-hiding-walked", tree: "Cargo.toml\nsrc/lib.rs\ns = hiding", include: []string{"s", "src"}},
	{name: "submodule-linked-ignore", tree: "Cargo.toml\nsrc/lib.rs\ns = linked-ignore"},
	{name: "marker-below", tree: "Cargo.toml\nsrc/lib.rs\n.gitignore: .cargo-ok\\n\nd/.cargo-ok\n.cargo-ok:"},
	{name: "folder-of-pattern-characters", tree: "a[b]*/Cargo.toml\na[b]*/src/lib.rs\na[b]*/target/x\nab/y\na[b]*/d/target/z", dir: "a[b]*"},
	{name: "submodule-outer-ignore", tree: "Cargo.toml\nsrc/lib.rs\ns = plain\n.gitignore: .cargo-ok\\n*.txt\\n"},
	{name: "submodule-package", tree: "Cargo.toml\nsrc/lib.rs\ns = package"},
	{name: "submodule-packages", tree: "Cargo.toml\nsrc/lib.rs\ns = packages"},
	{name: "submodule-nested", tree: "Cargo.toml\nsrc/lib.rs\ns = nested"},
	{name: "submodule-none", tree: "Cargo.toml\nsrc/lib.rs\ns = plain none\nl -> s\nm -> s/x", fails: "failed to open", warn: "leads nowhere"},
	{name: "submodule-none-included", tree: "Cargo.toml\nsrc/lib.rs\ns = plain none\nl -> s", include: []string{"*"}},
	{name: "submodule-link", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ../s\na/m -> ../s/d\ns = plain", dir: "a"},
	{name: "submodule-in-linked", tree: "a/Cargo.toml\na/src/lib.rs\na/l -> ../b\nb/s = hiding\nb/t = plain", dir: "a"},
	{name: "submodule-looping", tree: "Cargo.toml\nsrc/lib.rs\ns = looping", warn: "leads back"},
	{name: "submodule-looping-excluded", tree: "Cargo.toml\nsrc/lib.rs\ns = looping", exclude: []string{"self"}},
	{name: "submodule-linked", tree: "Cargo.toml\nsrc/lib.rs\ns = linked"},
	{name: "submodule-up", tree: "Cargo.toml\nsrc/lib.rs\ns = above\nother/x"},
	{name: "submodule-in-package", tree: "Cargo.toml\nsrc/lib.rs\nd/Cargo.toml\nd/s = plain"},

	{name: "path-submodule", tree: "s = packages", dir: "s/one", path: "s/one"},
	{name: "path-submodule-root", tree: "s = package", dir: "s", path: "s"},
	{name: "path-submodule-link", tree: "s = package\nl -> s", dir: "l", path: "l"},
	{name: "path-submodule-link-inside", tree: "s = packages\nl -> s/one", dir: "l", path: "l"},
	{name: "path-submodule-link-below", tree: "s = packages\nl -> s", dir: "l/one", path: "l/one"},
}

// linkChain is a package with a file behind n+1 links.
func linkChain(n int) string {
	tree := "Cargo.toml\nsrc/lib.rs\nl0 -> src/lib.rs"
	for i := range n {
		tree += fmt.Sprintf("\nl%d -> l%d", i+1, i)
	}
	return tree
}

// Every shape is listed as what Cargo copies for it. Where Cargo fails, ours
// is what the shape says.
func Test_list_is_what_cargo_vendors(t *testing.T) {
	w := newWorld(t)
	for _, s := range subShapes {
		s.path = ""
		w.repository(t, "sub-"+s.name, s)
	}
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			w.repository(t, s.name, s)
			w.compare(t, s)
		})
	}
}

func (w *world) compare(t *testing.T, s shape) {
	want, stderr, err := w.vendor(t, s.name)
	got, listErr := List(compat.Rule{}, w.checkout(t, s.name), s.dir, s.include, s.exclude)
	if s.fails != "" {
		if err == nil || !strings.Contains(stderr, s.fails) {
			t.Fatalf("cargo: %v, want failure with %q\n%s", err, s.fails, stderr)
		}
	} else if err != nil {
		t.Fatalf("cargo: %v\n%s", err, stderr)
	}
	if s.err != "" {
		if listErr == nil || !strings.Contains(listErr.Error(), s.err) {
			t.Errorf("List: %v, want error with %q", listErr, s.err)
		}
		return
	}
	if listErr != nil {
		t.Fatal(listErr)
	}
	checkWarnings(t, got.Warnings, s.warn)
	if s.fails != "" {
		return
	}
	if diff := cmp.Diff(want, w.contents(t, s.name, got)); diff != "" {
		t.Errorf("cargo's files -, ours +:\n%s", diff)
	}
}

func checkWarnings(t *testing.T, got []string, want string) {
	t.Helper()
	switch {
	case want == "both":
		if len(got) != 2 {
			t.Errorf("warnings %q, want two", got)
		}
	case want == "" && len(got) > 0, want != "" && (len(got) != 1 || !strings.Contains(got[0], want)):
		t.Errorf("warnings %q, want %q", got, want)
	}
}

// A world has repositories, one Cargo home and a project for each repository.
type world struct {
	dir    string
	heads  map[string]string
	cargo  []string // environment
	gitEnv []string
}

func newWorld(t *testing.T) *world {
	for _, tool := range []string{"cargo", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s: %v", tool, err)
		}
	}
	w := &world{dir: t.TempDir(), heads: make(map[string]string)}
	w.gitEnv = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b",
		"GIT_AUTHOR_DATE=2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2020-01-01T00:00:00Z")
	// The user's own ignore rules would count, so there is no user.
	w.cargo = append(os.Environ(), "CARGO_HOME="+w.dir+"/home", "HOME="+w.dir, "XDG_CONFIG_HOME="+w.dir+"/none")
	if toolchains := filepath.Join(os.Getenv("HOME"), ".rustup"); os.Getenv("RUSTUP_HOME") == "" {
		w.cargo = append(w.cargo, "RUSTUP_HOME="+toolchains)
	}
	return w
}

func (w *world) git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, w.gitEnv
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

// repository makes the repository of a shape.
func (w *world) repository(t *testing.T, name string, s shape) {
	t.Helper()
	dir := filepath.Join(w.dir, "repo", name)
	if s.path != "" {
		write(t, dir, "Cargo.toml", fmt.Sprintf(
			"[package]\nname = \"root\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n[dependencies]\np.path = %q\n", s.path))
		write(t, dir, "src/lib.rs", "")
	}
	var links [][2]string
	modules := ""
	os.MkdirAll(dir, 0o777)
	w.git(t, dir, "init", "-q", "-b", "main")
	for line := range strings.SplitSeq(s.tree, "\n") {
		switch path, rest, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(rest, "-> "):
			target := filepath.Join(dir, path)
			os.MkdirAll(filepath.Dir(target), 0o777)
			if err := os.Symlink(rest[3:], target); err != nil {
				t.Fatal(err)
			}
		case strings.HasPrefix(rest, "= "):
			sub, update, _ := strings.Cut(rest[2:], " ")
			links = append(links, [2]string{path, w.heads["sub-"+sub]})
			modules += fmt.Sprintf("[submodule %q]\n\tpath = %s\n\turl = %s\n", path, path, w.url("sub-"+sub))
			if update != "" {
				modules += "\tupdate = " + update + "\n"
			}
		case strings.HasSuffix(path, ":"):
			write(t, dir, path[:len(path)-1], strings.ReplaceAll(rest, `\n`, "\n"))
		case rest == "*":
			write(t, dir, path, path)
			os.Chmod(filepath.Join(dir, path), 0o777)
		case filepath.Base(path) == "Cargo.toml":
			write(t, dir, path, manifest(s, path, strings.HasPrefix(name, "sub-")))
		case strings.HasSuffix(path, ".rs"):
			write(t, dir, path, "")
		default:
			write(t, dir, path, path+"\n")
		}
	}
	if modules != "" {
		write(t, dir, ".gitmodules", modules)
	}
	w.git(t, dir, "add", "-f", "-A")
	for _, l := range links {
		w.git(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+l[1]+","+l[0])
	}
	w.git(t, dir, "commit", "-q", "-m", "c")
	w.heads[name] = w.git(t, dir, "rev-parse", "HEAD")
}

func (w *world) url(name string) string { return "file://" + w.dir + "/repo/" + name }

func manifest(s shape, path string, sub bool) string {
	name := "p"
	if folder := filepath.ToSlash(filepath.Dir(path)); !sub && (s.path != "" || folder != cmpOr(s.dir, ".")) && s.path == "" {
		name = "other-" + strings.ReplaceAll(folder, "/", "-")
	}
	text := fmt.Sprintf("[package]\nname = %q\nversion = \"1.0.0\"\nedition = \"2021\"\n", name)
	list := func(key string, patterns []string) {
		if len(patterns) > 0 {
			data, _ := json.Marshal(patterns)
			text += key + " = " + string(data) + "\n"
		}
	}
	list("include", s.include)
	list("exclude", s.exclude)
	return text
}

func cmpOr(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func write(t *testing.T, dir, path, text string) {
	t.Helper()
	path = filepath.Join(dir, path)
	os.MkdirAll(filepath.Dir(path), 0o777)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// vendor runs Cargo for a project that depends on p of a repository, and
// returns the digests of p's files and their executable bits.
func (w *world) vendor(t *testing.T, name string) (files map[string]string, stderr string, err error) {
	t.Helper()
	project := filepath.Join(w.dir, "project", name)
	write(t, project, "Cargo.toml", fmt.Sprintf(
		"[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\np.git = %q\n", w.url(name)))
	write(t, project, "src/lib.rs", "")
	// Links to the repository's own root can make Cargo take 2^40 steps.
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "cargo", "vendor")
	cmd.Dir, cmd.Env = project, w.cargo
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		return nil, out.String(), err
	}
	dir := filepath.Join(project, "vendor", "p")
	data, err := os.ReadFile(filepath.Join(dir, ".cargo-checksum.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sums struct{ Files map[string]string }
	if err := json.Unmarshal(data, &sums); err != nil {
		t.Fatal(err)
	}
	files = make(map[string]string)
	for path := range sums.Files {
		files[path] = content(t, filepath.Join(dir, path))
	}
	return files, out.String(), nil
}

// content returns a file's executable bit and text; manifests are rewritten by
// Cargo and have none.
func content(t *testing.T, path string) string {
	t.Helper()
	if filepath.Base(path) == "Cargo.toml" {
		return "manifest"
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%t %s", info.Mode()&0o100 != 0, data)
}

func (w *world) contents(t *testing.T, name string, listing *Listing) map[string]string {
	t.Helper()
	root := w.checkoutDir(t, name)
	files := make(map[string]string)
	for _, f := range listing.Files {
		path := filepath.Join(root, filepath.FromSlash(f.From))
		files[f.Path] = "manifest"
		if f.Path == "Cargo.toml" {
			continue
		}
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if !info.Mode().IsRegular() {
			t.Errorf("%q comes from %q, which is %v", f.Path, f.From, info.Mode())
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Path] = fmt.Sprintf("%t %s", f.Executable, data)
	}
	return files
}

func (w *world) checkoutDir(t *testing.T, name string) string {
	t.Helper()
	all, _ := filepath.Glob(filepath.Join(w.dir, "home/git/checkouts", name+"-*", "*"))
	var dirs []string
	for _, dir := range all {
		// A repository's name may be the start of another's.
		hash := strings.TrimPrefix(filepath.Base(filepath.Dir(dir)), name+"-")
		if !strings.Contains(hash, "-") {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) != 1 {
		t.Fatalf("checkouts %q, want one", dirs)
	}
	return dirs[0]
}

func (w *world) checkout(t *testing.T, name string) Lister {
	t.Helper()
	return readCheckout(t, w.checkoutDir(t, name), w.gitEnv)
}

// A checkout is a work tree on the disk.
type checkout struct {
	dir     string
	entries []filelist.Entry
}

// Spend counts nothing.
func (c *checkout) Spend(int64) error { return nil }

func (c *checkout) Entries() []filelist.Entry { return c.entries }

func (c *checkout) ReadFile(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(path)))
}

// readCheckout learns the entries of one of Cargo's checkouts from git.
func readCheckout(t *testing.T, dir string, env []string) *checkout {
	t.Helper()
	entries := make(map[string]filelist.Entry)
	addEntries(t, entries, dir, "", env)
	c := &checkout{dir: dir}
	for _, path := range slices.Sorted(maps.Keys(entries)) {
		c.entries = append(c.entries, entries[path])
	}
	return c
}

func addEntries(t *testing.T, entries map[string]filelist.Entry, root, repo string, env []string) {
	t.Helper()
	cmd := exec.Command("git", "-c", "safe.directory=*", "ls-files", "-s", "-z")
	cmd.Dir, cmd.Env = filepath.Join(root, repo), env
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files in %q: %v", repo, err)
	}
	if _, err := os.Lstat(filepath.Join(root, repo, ".cargo-ok")); err == nil {
		path := filelist.Join(repo, ".cargo-ok")
		entries[path] = filelist.Entry{Path: path}
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		meta, name, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		e := filelist.Entry{Path: filelist.Join(repo, name)}
		switch meta[:6] {
		case "100755":
			e.Kind = filelist.Executable
		case "120000":
			e.Kind = filelist.Symlink
			if e.Target, err = os.Readlink(filepath.Join(root, e.Path)); err != nil {
				t.Fatal(err)
			}
		case "160000":
			e.Kind = filelist.Submodule
			if _, err := os.Stat(filepath.Join(root, e.Path, ".git")); err == nil {
				addEntries(t, entries, root, e.Path, env)
			}
		}
		entries[e.Path] = e
	}
}

// patternPaths are files to try patterns on. Cargo packages no names with
// \ : * ? " < > |.
var patternPaths = strings.Fields(`a b ab abc aab a.rs b.rs a.b.rs .rs rs A - ! ^ ] [ [a] [a-c { } {a,b} a,b , , # #x !y é è ü éé
	ñ/é .h/a .h/.i d/a d/b d/ab d/a.rs d/e/a d/e/f/a d/e/f/a.rs a.d/x a.d/a a-d/a-b e/d/a dd/a foo/bar foo/baz/bar foo/x/y/bar
	foobar foo/q/foo/bar x/foo/bar x/y z/y/z zz-z tilde~ $ & + ( ) a(b % @`)

// patternLists are lists worth trying; random ones come on top.
var patternLists = [][]string{
	{"a"}, {"/a"}, {"a/"}, {"/d/"}, {"d/a"}, {"/d/a"}, {"d/*"}, {"d/**"}, {"**/a"}, {"**/d/a"}, {"foo/**/bar"}, {"foo/**bar"}, {"foo**bar"},
	{"**"}, {"/**"}, {"**/"}, {"*"}, {"/*"}, {"*/"}, {"/"}, {"//"}, {"!"}, {"!/"}, {"a", "!"}, {"/", "!d"}, {"***"}, {"**/**"}, {"**/**/a"}, {"d/**/**"}, {"d/**/**/a"},
	{"?"}, {"??"}, {"d/?"}, {"d?a"}, {"[ab]"}, {"[a-c]b"}, {"[!a]"}, {"[^a]"}, {"d[/]a"}, {"d[!x]a"}, {"[]]"}, {"[]a]"}, {"[!]]"}, {"[a"}, {"[a-c"}, {"[a-]"}, {"[-a]"}, {"[a-b-c]"}, {"[a-z-b]"}, {"[z-a]"}, {"[[]a]"}, {"[\\]]"}, {"[é]"}, {"[é][é]"}, {"[!é]"}, {"[a-é]"}, {"[!a-é]*"}, {"[[:alpha:]]"},
	{"{a,b}"}, {"{a,b}.rs"}, {"d/{a,b}"}, {"{d,e}/a"}, {"{a"}, {"a}"}, {"{}"}, {"{,a}"}, {"{a,}b"}, {"{a,{b,c}}"}, {"{a,{}}"}, {"{**,x}"}, {"{**/a,b}"}, {"d/{**,x}"}, {"d/{**/a,x}"}, {"d{/**,x}"}, {"d{/**/a,x}"}, {"{a,d/**}"}, {"x{\\,**}"}, {"x{\\,**/a}"}, {"{d/a}"}, {"\\{a,b\\}"}, {"{\\{a\\,b\\},c}"}, {"a,b"}, {","}, {"{,}"}, {"a{,,}b"}, {"{[,],b}"}, {"{[},b]}"},
	{"\\#"}, {"#"}, {"#x"}, {"\\#x"}, {"!y"}, {"\\!y"}, {"\\*"}, {"a\\*b"}, {"\\"}, {"a\\"}, {"a\\/"}, {"d\\/a"}, {"\\a"}, {"\\\\"}, {"a "}, {"a\\ "}, {" a"}, {"a\t"}, {"   "}, {""}, {"a\u00a0"}, {"d/ "}, {"\\[a\\]"}, {"a(b"}, {"a|b"}, {"$"}, {"+"}, {"^"}, {"(?i)A"}, {"\\Qa"},
	{"d", "!d/a"}, {"d/*", "!d/e"}, {"*", "!d"}, {"*", "!d/"}, {"*", "!d/**"}, {"!d", "d"}, {"d", "!d", "d/a"}, {"*.rs", "!a.rs"}, {"!*.rs", "*"}, {"d/", "!d"}, {"!d/", "d"}, {"foo", "!foo/baz", "foo/baz/bar"}, {"./a"}, {"a/."}, {"../a"}, {"d//a"}, {"é"}, {"*é"}, {"?é"}, {"???"}, {".*"}, {".*", "!.h/a"}, {"**.rs"}, {"*.rs"}, {"*.b.rs"}, {"/*.rs"}, {"d/*.rs"}, {"*s"}, {"*."}, {"a.*"}, {"**a"}, {"a**"}, {"a**/"}, {"a/**b"}, {"Cargo.*"},
}

// Each list of patterns, as include, matches the files that Cargo lists.
func Test_patterns_match_as_cargo_does(t *testing.T) {
	if _, err := exec.LookPath("cargo"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for _, path := range patternPaths {
		write(t, dir, path, "")
	}
	write(t, dir, "src/lib.rs", "")
	lists := slices.Concat(patternLists, randomLists(300))
	for _, list := range lists {
		want, ok := cargoIncludes(t, dir, list)
		f, err := newFilter(list, nil, false, entriesOf("").Spend)
		if ok != (err == nil) {
			t.Errorf("%q: error %v, cargo accepts: %t", list, err, ok)
		}
		if !ok || err != nil {
			continue
		}
		for _, path := range patternPaths {
			if got := f.keeps(path, false); got != want[path] {
				t.Errorf("%q with %q: %t, cargo %t", path, list, got, want[path])
			}
		}
	}
}

// cargoIncludes asks Cargo what it includes in a package.
func cargoIncludes(t *testing.T, dir string, include []string) (files map[string]bool, ok bool) {
	t.Helper()
	data, err := json.Marshal(append([]string{"src/lib.rs"}, include...))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\ninclude = "+string(data)+"\n")
	cmd := exec.Command("cargo", "package", "--list", "--allow-dirty", "--offline")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if !strings.Contains(stderr.String(), "error parsing glob") {
			t.Fatalf("%q: %v\n%s", include, err, &stderr)
		}
		return nil, false
	}
	files = make(map[string]bool)
	for path := range strings.Lines(string(out)) {
		files[strings.TrimSuffix(path, "\n")] = true
	}
	return files, true
}

// randomLists makes lists of what patterns are made of, the same ones each time.
func randomLists(n int) [][]string {
	rnd := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "d", "e", "foo", "bar", ".rs", ".", "/", "/", "*", "*", "**", "**/", "/**", "?", "[ab]", "[!a]", "[a-c]", "[", "]", "{", "}", ",", "{a,b}", "{d,foo/}", "\\", "!", "-", " ", "é", "#"}
	lists := make([][]string, n)
	for i := range lists {
		for range 1 + rnd.IntN(3) {
			var p strings.Builder
			for range 1 + rnd.IntN(5) {
				p.WriteString(pieces[rnd.IntN(len(pieces))])
			}
			lists[i] = append(lists[i], p.String())
		}
	}
	return lists
}

// Every package of real repositories is listed as Cargo packages it. Packaging
// adds a few files of its own, and a README from outside.
func Test_real_repositories(t *testing.T) {
	repos := os.Getenv("CARGOHOME_GIT")
	if repos == "" {
		t.Skip("CARGOHOME_GIT is not set")
	}
	w := newWorld(t)
	for _, name := range []string{"tracing", "winit", "regalloc2", "cargo"} {
		dir := filepath.Join(w.dir, name)
		w.git(t, w.dir, "clone", "-q", "--depth=1", "file://"+filepath.Join(repos, name+".git"), dir)
		tree := readCheckout(t, dir, w.gitEnv)
		packages := w.members(t, dir)
		t.Logf("%s: %d packages", name, len(packages))
		for _, pkg := range packages {
			t.Run(name+"/"+pkg.Name, func(t *testing.T) { w.comparePackage(t, tree, pkg) })
		}
	}
}

type member struct {
	Name     string
	Manifest string `json:"manifest_path"`
}

func (w *world) members(t *testing.T, dir string) []member {
	t.Helper()
	var meta struct{ Packages []member }
	if err := json.Unmarshal(w.runCargo(t, dir, "metadata", "--no-deps", "--format-version=1", "--offline"), &meta); err != nil {
		t.Fatal(err)
	}
	return meta.Packages
}

func (w *world) runCargo(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("cargo", args...)
	cmd.Dir, cmd.Env = dir, w.cargo
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cargo %q: %v\n%.2000s", args, err, &stderr)
	}
	return out
}

func (w *world) comparePackage(t *testing.T, tree *checkout, pkg member) {
	dir := filepath.Dir(pkg.Manifest)
	folder, err := filepath.Rel(tree.dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	folder = strings.TrimPrefix(filepath.ToSlash(folder), ".")
	got, err := List(compat.Rule{}, tree, folder, patternsOf(t, tree, dir, "include"), patternsOf(t, tree, dir, "exclude"))
	if err != nil {
		t.Fatal(err)
	}
	var want, paths []string
	for path := range strings.Lines(string(w.runCargo(t, dir, "package", "--list", "--allow-dirty", "--offline", "--exclude-lockfile"))) {
		path = strings.TrimSuffix(path, "\n")
		_, err := os.Lstat(filepath.Join(dir, path))
		if path == "Cargo.toml.orig" || path == ".cargo_vcs_info.json" || err != nil || !archive.Vendored(path) {
			continue
		}
		want = append(want, path)
	}
	for _, f := range got.Files {
		if f.Path != "Cargo.lock" { // a new one would need the registry
			paths = append(paths, f.Path)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("cargo's files -, ours +:\n%s", diff)
	}
	checkWarnings(t, got.Warnings, "")
}

// patternsOf finds a list of patterns in a manifest, or in the workspace's.
func patternsOf(t *testing.T, tree *checkout, dir, key string) []string {
	t.Helper()
	table, folder := "[package]", dir
	for {
		data, err := os.ReadFile(filepath.Join(folder, "Cargo.toml"))
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut("\n"+string(data), "\n"+table+"\n")
		text, _, _ = strings.Cut(text, "\n[")
		if strings.Contains(text, "\n"+key+".workspace") || strings.Contains(text, "\n"+key+" = { workspace") {
			table, folder = "[workspace.package]", tree.dir
			continue
		}
		_, list, ok := strings.Cut("\n"+text, "\n"+key+" = [")
		if !ok {
			return nil
		}
		list, _, _ = strings.Cut(list, "]")
		var patterns []string
		for _, quoted := range regexp.MustCompile(`"[^"]*"`).FindAllString(list, -1) {
			patterns = append(patterns, quoted[1:len(quoted)-1])
		}
		return patterns
	}
}
