//go:build conform

package gitsrc_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
)

// world is a folder with git repositories, a Cargo home that is filled from them
// by the real cargo, and a project.
type world struct {
	t   *testing.T
	dir string
}

func newWorld(t *testing.T) *world {
	for _, tool := range []string{"cargo", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	w := &world{t, t.TempDir()}
	w.write("gitconfig", "[user]\nname = a\nemail = a@example.com\n[init]\ndefaultBranch = main\n[protocol \"file\"]\nallow = always\n[safe]\ndirectory = *\n")
	return w
}

func (w *world) path(elem ...string) string {
	return filepath.Join(append([]string{w.dir}, elem...)...)
}
func (w *world) home() string           { return w.path("home") }
func (w *world) url(repo string) string { return "file://" + w.path(repo) }

func (w *world) write(name, text string) {
	w.t.Helper()
	path := w.path(filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

// run runs a program in a folder of the world; umask is octal.
func (w *world) run(dir, umask, name string, args ...string) (string, error) {
	w.t.Helper()
	sh := append([]string{"-c", "umask " + umask + `; exec "$0" "$@"`, name}, args...)
	cmd := exec.CommandContext(w.t.Context(), "sh", sh...)
	cmd.Dir = w.path(dir)
	cmd.Env = append(os.Environ(), "CARGO_HOME="+w.home(), "GIT_CONFIG_GLOBAL="+w.path("gitconfig"), "GIT_CONFIG_SYSTEM=/dev/null",
		"CARGO_TERM_COLOR=never", "CARGO_NET_GIT_FETCH_WITH_CLI=true", "XDG_CONFIG_HOME="+w.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out), err
}

func (w *world) git(repo string, args ...string) string {
	w.t.Helper()
	out, err := w.run(repo, "022", "git", args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

func (w *world) cargo(args ...string) error {
	w.t.Helper()
	_, err := w.run("app", "022", "cargo", args...)
	return err
}

// repo makes a repository of files and commits them. A content that begins with
// "-> " makes a link; a name that ends in "*" an executable.
func (w *world) repo(name string, files map[string]string) {
	w.t.Helper()
	w.write(name+"/.keep", "")
	w.git(name, "init", "-q")
	os.Remove(w.path(name, ".keep"))
	w.files(name, files)
	w.commit(name)
}

func (w *world) files(name string, files map[string]string) {
	w.t.Helper()
	for file, text := range files {
		file, executable := strings.CutSuffix(file, "*")
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			os.MkdirAll(filepath.Dir(w.path(name, file)), 0o777)
			if err := os.Symlink(target, w.path(name, file)); err != nil {
				w.t.Fatal(err)
			}
			continue
		}
		w.write(name+"/"+file, text)
		if executable {
			os.Chmod(w.path(name, file), 0o777)
		}
	}
}

// commit commits everything, with the bytes it has whatever attributes say.
func (w *world) commit(name string) string {
	w.t.Helper()
	w.git(name, "-c", "core.attributesFile=/dev/null", "add", "-A", "-f")
	w.git(name, "commit", "-q", "--allow-empty", "-m", "c")
	return w.git(name, "rev-parse", "HEAD")
}

// rawBlob puts bytes into the commit that is made next, as git itself would not.
func (w *world) rawBlob(repo, mode, path, text string) {
	w.t.Helper()
	w.write("blob", text)
	id := w.git(repo, "hash-object", "-w", "--no-filters", w.path("blob"))
	w.git(repo, "update-index", "--add", "--cacheinfo", mode+","+id+","+path)
}

// gitlink adds a submodule's commit without looking at it.
func (w *world) gitlink(repo, path, commit string) {
	w.t.Helper()
	w.git(repo, "update-index", "--add", "--cacheinfo", "160000,"+commit+","+path)
}

func (w *world) commitIndex(repo string) string {
	w.t.Helper()
	w.git(repo, "commit", "-q", "--allow-empty", "-m", "c")
	return w.git(repo, "rev-parse", "HEAD")
}

// project makes the project app that depends on packages of repositories.
func (w *world) project(deps ...string) {
	w.write("app/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"+strings.Join(deps, "\n")+"\n")
	w.write("app/src/lib.rs", "")
}

const depManifest = "[package]\nname = \"dep\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"

// sources reads the project's lockfile.
func (w *world) sources() (all []crate.SourceID) {
	w.t.Helper()
	lock, err := lockfile.Read(w.path("app", "Cargo.lock"))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range lock.Packages {
		all = append(all, p.ID.Source)
	}
	return all
}

// restore makes the checkouts anew with our own code.
func (w *world) restore() error {
	h := home.New(w.home())
	defer h.Close()
	plan, err := h.Git().Plan(context.Background(), w.sources(), nil)
	if err == nil {
		err = plan.Unavailable()
	}
	if err == nil {
		err = plan.Restore(context.Background(), nil)
	}
	return err
}

// homeSource returns the source of a repository at its newest commit.
func homeSource(w *world, repo string) (crate.SourceID, error) {
	return crate.ParseSourceID("git+" + w.url(repo) + "#" + w.git(repo, "rev-parse", "HEAD"))
}
