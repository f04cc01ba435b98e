//go:build conform

package conform

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
)

// hostileCases runs f on every case, in a home of its own.
func hostileCases(t *testing.T, f func(t *testing.T, h cargotest.Hostile, w hostileWorld)) {
	old := syscall.Umask(0o022) // modes are compared
	t.Cleanup(func() { syscall.Umask(old) })
	for _, h := range cargotest.HostileArchives() {
		t.Run(h.Name, func(t *testing.T) {
			switch {
			case h.Heavy && testing.Short():
				t.Skip("takes long")
			case h.Root && os.Getuid() != 0:
				t.Skip("cargo does it for root only")
			}
			f(t, h, newHostileWorld(t, h.Archive()))
		})
	}
}

// hostileWorld has a home with the crates evil and good, projects that use both,
// and a sentinel.
type hostileWorld struct{ root, home string }

func newHostileWorld(t *testing.T, archive []byte) hostileWorld {
	t.Helper()
	root := t.TempDir()
	w := hostileWorld{root, filepath.Join(root, "home")}
	home := cargotest.NewHome(t, w.home)
	home.AddHostile(archive)
	home.Add(cargotest.Crate{Name: "good", Version: "1.0.0"})
	for _, name := range []string{"theirs", "ours"} {
		home.WriteProject(filepath.Join(root, name), cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "evil"}, {Name: "good"}}})
	}
	write(t, filepath.Join(root, "sentinel"), "untouched")
	return w
}

// run runs a program in one of the projects, and returns what it printed, both
// streams, and whether it succeeded.
func (w hostileWorld) run(t *testing.T, project, home string, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Join(w.root, project)
	cmd.Env = append(os.Environ(), "CARGO_HOME="+home, "CARGO_TERM_COLOR=never", "CARGO_TARGET_DIR="+filepath.Join(w.root, "target"))
	text, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(w.root, "sentinel")); string(data) != "untouched" {
		t.Errorf("%s left the sentinel %q (%v)", strings.Join(args, " "), data, err)
	}
	return string(text), err == nil
}

func (w hostileWorld) cargo(t *testing.T, cargo, command string) (string, bool) {
	t.Helper()
	return w.run(t, "theirs", w.home, cargo, command, "--offline", "--locked")
}

func (w hostileWorld) cargohome(t *testing.T) (string, bool) {
	t.Helper()
	return w.run(t, "ours", w.home, binary, "vendor")
}

// What the table says of cargo 1.95 is so, and what both accept becomes the same.
func TestHostileArchives(t *testing.T) {
	needCargo(t)
	hostileCases(t, func(t *testing.T, h cargotest.Hostile, w hostileWorld) {
		text, fetched := w.cargo(t, "cargo", "fetch")
		if want := h.Cargo == "" || h.Fetched; fetched != want {
			t.Errorf("cargo fetch succeeds: %v, want %v\n%s", fetched, want, text)
		}
		if err := os.RemoveAll(filepath.Join(w.home, "registry", "src")); err != nil { // or it would be used, however it is
			t.Fatal(err)
		}
		text, vendored := w.cargo(t, "cargo", "vendor")
		if vendored != (h.Cargo == "") || !strings.Contains(text, h.Cargo) {
			t.Errorf("cargo vendor succeeds: %v, want %v and %q in\n%s", vendored, h.Cargo == "", h.Cargo, text)
		}
		if text, accepted := w.cargohome(t); accepted != h.Accepted() {
			t.Errorf("cargohome vendor succeeds: %v, want %v\n%s", accepted, h.Accepted(), text)
		}
		if !vendored {
			return
		}
		w.checkBuild(t, h)
		if h.Accepted() {
			w.checkTrees(t, h)
		}
	})
}

// checkBuild builds with what cargo vendored.
func (w hostileWorld) checkBuild(t *testing.T, h cargotest.Hostile) {
	t.Helper()
	if h.Heavy {
		return
	}
	write(t, filepath.Join(w.root, "theirs", ".cargo", "config.toml"),
		"[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n")
	text, built := w.run(t, "theirs", filepath.Join(w.root, "empty"), "cargo", "check", "--offline", "--frozen")
	if built != (h.Broken == "") || !strings.Contains(text, h.Broken) {
		t.Errorf("the build succeeds: %v, want %v and %q in\n%s", built, h.Broken == "", h.Broken, text)
	}
}

// checkTrees compares cargo's folders with ours, and with what the table says.
func (w hostileWorld) checkTrees(t *testing.T, h cargotest.Hostile) {
	t.Helper()
	theirs := filepath.Join(w.root, "theirs", "vendor")
	sameTree(t, theirs, filepath.Join(w.root, "ours", "vendor"))
	w.checkListing(t, filepath.Join(theirs, "evil"), h.Vendored(), ".cargo-checksum.json")
	source := filepath.Join(w.home, "registry", "src", cargotest.CratesIO, cargotest.HostileStem)
	w.checkListing(t, source, h.Unpacked(), ".cargo-ok")
}

func (w hostileWorld) checkListing(t *testing.T, dir string, want []string, except string) {
	t.Helper()
	if diff := cargotest.DiffLines(want, strings.Join(tree(t, dir), "\n"), except); diff != "" {
		t.Errorf("%s (-table +cargo):\n%s", dir, diff)
	}
}

// What cargo 1.96 or a later one refuses, we refuse.
func TestHostileArchives_newer_cargo(t *testing.T) {
	cargo := os.Getenv("CARGOHOME_CARGO196")
	if cargo == "" {
		t.Skip("CARGOHOME_CARGO196 is not set: no cargo from 1.96 on")
	}
	hostileCases(t, func(t *testing.T, h cargotest.Hostile, w hostileWorld) {
		text, vendored := w.cargo(t, cargo, "vendor")
		if want := h.Cargo == "" && h.Cargo196 == ""; vendored != want || !strings.Contains(text, h.Cargo196) {
			t.Errorf("cargo vendor succeeds: %v, want %v and %q in\n%s", vendored, want, h.Cargo196, text)
		}
		if text, accepted := w.cargohome(t); accepted && !vendored {
			t.Errorf("cargohome vendor accepts what %s refuses\n%s", cargo, text)
		}
	})
}
