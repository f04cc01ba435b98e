//go:build conform

package conform

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// oldCargo is the last that hashes sources by the older function.
const oldCargo = "1.84"

// cargoOf returns the cargo of a version, of those that `make matrix` builds.
func cargoOf(t *testing.T, version string) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("CARGOHOME_CARGOS"), filepath.Join(os.Getenv("CARGOHOME_CORPUS"), "cargos"), filepath.Join(os.TempDir(), "cargos")} {
		path := filepath.Join(dir, version, "bin", "cargo")
		if out, err := exec.Command(path, "--version").Output(); err == nil && strings.HasPrefix(string(out), "cargo "+version+".") {
			return path
		}
	}
	t.Skipf("there is no cargo %s: `make matrix CARGOS=DIR` builds it, and CARGOHOME_CARGOS names DIR", version)
	return ""
}

// twoCargos is a home that an older and a newer cargo filled in turn, each with a project of
// its own and one that is not kept. Registry and repositories are out of reach.
type twoCargos struct {
	older           string // the cargo
	work, home      string
	olders, current string // the folders of the kept projects
}

var twoCrates = []cargotest.Crate{
	{Name: "one", Version: "1.0.0"}, {Name: "one", Version: "1.1.0", Deps: []cargotest.Dep{{Name: "two", Req: "1.0.0"}}},
	{Name: "two", Version: "1.0.0"}, {Name: "two", Version: "2.0.0"}, {Name: "spare", Version: "1.0.0"},
	{Name: "large", Version: "1.0.0", Files: []cargotest.File{{Path: "src/lib.rs", Content: ""}, {Path: "data", Content: incompressible(300_000)}}},
}

// incompressible is text that takes as much space in an archive.
func incompressible(n int) string {
	b, state := make([]byte, n), uint64(1)
	for i := range b {
		state = state*6364136223846793005 + 1442695040888963407
		b[i] = byte(state >> 56)
	}
	return string(b)
}

func newTwoCargos(t *testing.T) *twoCargos {
	t.Helper()
	needCargo(t)
	w := &twoCargos{older: cargoOf(t, oldCargo), work: t.TempDir()}
	useFiles(t)
	w.home = filepath.Join(w.work, "home")
	up := filepath.Join(w.work, "up")
	newRepo(t, filepath.Join(up, "sub"))
	commitFiles(t, filepath.Join(up, "sub"), map[string]string{"text": "one"})
	dep := filepath.Join(up, "dep")
	newRepo(t, dep)
	commitFiles(t, dep, map[string]string{"Cargo.toml": "[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n", "src/lib.rs": "pub const TEXT: &str = include_str!(\"../sub/text\");\n"})
	command{dep, "", []string{"git", "submodule", "--quiet", "add", "../sub", "sub"}}.output(t)
	commitFiles(t, dep, map[string]string{"more": ""})
	server := httptest.NewServer(registryHandler(twoCrates))
	defer server.Close()
	w.olders = w.project(t, server.URL, "olders", w.older, "one = \"=1.0.0\"", "large = \"1\"")
	w.current = w.project(t, server.URL, "current", "cargo", "one = \"=1.1.0\"", "large = \"1\"")
	w.project(t, server.URL, "spare-older", w.older, "spare = \"1\"")
	w.project(t, server.URL, "spare-current", "cargo", "two = \"2\"")
	if err := os.Rename(up, up+".gone"); err != nil {
		t.Fatal(err)
	}
	command{w.work, "", []string{"cp", "-a", w.home, w.home + ".saved"}}.output(t)
	return w
}

// project makes a project that needs packages of the registry and the repository, and has
// a cargo fetch and unpack them.
func (w *twoCargos) project(t *testing.T, url, name, cargo string, deps ...string) (dir string) {
	t.Helper()
	dir = filepath.Join(w.work, name)
	writeText(t, filepath.Join(dir, ".cargo", "config.toml"), fmt.Sprintf("[registries.alt]\nindex = \"sparse+%s/index/\"\n", url))
	text := "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"
	for _, d := range deps {
		key, version, _ := strings.Cut(d, " = ")
		text += fmt.Sprintf("%s = { version = %s, registry = \"alt\" }\n", key, version)
	}
	text += fmt.Sprintf("dep = { git = \"file://%s\" }\n", filepath.Join(w.work, "up", "dep"))
	writeText(t, filepath.Join(dir, "Cargo.toml"), text)
	writeText(t, filepath.Join(dir, "src", "lib.rs"), "pub fn text() -> &'static str { dep::TEXT }\n")
	command{dir, w.home, []string{cargo, "fetch", "--quiet"}}.output(t)
	return dir
}

// again makes the home what it was when both had filled it.
func (w *twoCargos) again(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(w.home); err != nil {
		t.Fatal(err)
	}
	command{w.work, "", []string{"cp", "-a", w.home + ".saved", w.home}}.output(t)
}

// builds has a cargo compile a project from nothing, offline.
func (w *twoCargos) builds(cargo, dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, "target")); err != nil {
		return err
	}
	said, err := command{dir, w.home, []string{cargo, "check", "--quiet", "--offline", "--frozen"}}.try()
	if err != nil {
		return fmt.Errorf("%s does not build %s: %w\n%s", cargo, filepath.Base(dir), err, said)
	}
	return nil
}

func (w *twoCargos) bothBuild(t *testing.T) {
	t.Helper()
	for cargo, dir := range map[string]string{w.older: w.olders, "cargo": w.current} {
		if err := w.builds(cargo, dir); err != nil {
			t.Error(err)
		}
	}
}

func (w *twoCargos) run(t *testing.T, args ...string) string {
	t.Helper()
	return command{w.current, w.home, append([]string{binary}, args...)}.log(t)
}

// Whatever is selected beside what a lockfile needs, both cargos build offline.
func TestClean_two_cargos(t *testing.T) {
	w := newTwoCargos(t)
	locks := []string{filepath.Join(w.olders, "Cargo.lock"), filepath.Join(w.current, "Cargo.lock")}
	w.bothBuild(t)
	for _, selection := range []string{
		"--src", "--checkouts", "--archives", "--index", "--dbs", "--auto", "--auto-expensive", "--orphans", "--broken", "--build", "--thin-dbs",
		"--auto-expensive --thin-dbs", "--auto-expensive --broken --orphans --build", "--auto-expensive --older-than 0s", "--auto-expensive --keep-versions 1",
		"--ci", "--ci --thin-dbs",
	} {
		t.Run(selection, func(t *testing.T) {
			w.again(t)
			before := du(t, w.home, "--block-size=1")
			args := append([]string{"clean"}, strings.Fields(selection)...)
			if strings.HasPrefix(selection, "--ci") {
				args = append(append(args[:1:1], "--ci", locks[0], locks[1]), args[2:]...)
			} else {
				args = append(append(args, "--keep"), locks...)
			}
			said := w.run(t, args...)
			t.Logf("%d KiB to %d KiB", before/1024, du(t, w.home, "--block-size=1")/1024)
			w.bothBuild(t)
			if t.Failed() {
				t.Log(said)
			}
		})
	}
}

// What the older cargo fetched the newer one finds after relink, and what is there twice
// goes when the older one is gone; and the other way round.
func TestRelink_two_cargos(t *testing.T) {
	w := newTwoCargos(t)
	if err := w.builds("cargo", w.olders); err == nil {
		t.Error("the newer cargo builds what only the older one fetched")
	}
	w.again(t)
	full := du(t, w.home, "--block-size=1")
	w.run(t, "clean", "--superseded", oldCargo)
	if err := w.builds("cargo", w.current); err != nil {
		t.Error(err)
	}
	kept := du(t, w.home, "--block-size=1")
	w.again(t)
	w.run(t, "relink")
	linked := du(t, w.home, "--block-size=1")
	for _, dir := range []string{w.olders, w.current} {
		if err := w.builds("cargo", dir); err != nil {
			t.Error(err)
		}
	}
	w.bothBuild(t)
	said := w.run(t, "clean", "--superseded", oldCargo)
	after := du(t, w.home, "--block-size=1")
	t.Logf("filled by both %d KiB; relinked %d KiB; superseded removed %d KiB, without relink %d KiB", full/1024, linked/1024, after/1024, kept/1024)
	if told := w.run(t, "home"); strings.Contains(told, "before 1.85") || after > full*2/3 || linked > full*11/10 {
		t.Errorf("the older cargo's is still there:\n%s\n%s", said, told)
	}
	for _, dir := range []string{w.olders, w.current} {
		if err := w.builds("cargo", dir); err != nil {
			t.Error(err)
		}
	}

	w.again(t)
	w.run(t, "relink", "--for", oldCargo)
	w.run(t, "checkout", "--lockfile-path", filepath.Join(w.current, "Cargo.lock"))
	if err := w.builds(w.older, w.current); err != nil {
		t.Error(err)
	}
}
