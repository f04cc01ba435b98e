//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/cargotest"
)

// goneRegistry has an index that nobody needs; see makeSurplus.
const goneRegistry = "gone.example-0123456789abcdef"

// Removing what a project needs not must leave it whole, so that all of these can run
// beside the other scenes.
func init() {
	scenes["clean_auto"] = scene{args: []string{"clean", "--auto"}, before: makeUnpacked}
	scenes["clean_keep"] = scene{args: []string{"clean", "--auto-expensive", "--keep", "."}, before: makeSurplus}
	scenes["clean_broken"] = scene{args: []string{"clean", "--broken", "--orphans"}, before: makeHalves}
	scenes["clean_thin"] = scene{args: []string{"clean", "--thin-dbs", "--checkouts", "--keep", "."}, before: makeHistory}
	scenes["clean_moves"] = scene{args: []string{"clean", "--checkouts"}, before: makeOldLayout}
	scenes["clean_ci"] = scene{args: []string{"clean", "--ci", "Cargo.lock"}, before: makeSurplus}
}

func makeUnpacked(t *testing.T, dir string) {
	mustRun(t, dir, "reextract")
	mustRun(t, dir, "checkout")
}

// makeSurplus adds what the project does not need, of each kind, and a database of last
// uses that knows some of it.
func makeSurplus(t *testing.T, dir string) {
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(cargotest.Crate{Name: "c", Version: "1.0.0"}, cargotest.Crate{Name: "a", Version: "0.9.0"})
	home.Registry(goneRegistry).Add(cargotest.Crate{Name: "d", Version: "1.0.0"})
	home.AddRepository("gone-0123456789abcdef", "https://example.com/gone", map[string][]byte{"x": []byte("x")})
	home.Used("registry_src", cargotest.CratesIO, "c-1.0.0", 1)
	home.Used("git_db", "gone-0123456789abcdef", "", 1)
	makeUnpacked(t, dir)
}

// makeHalves leaves what killed runs and interrupted downloads leave.
func makeHalves(t *testing.T, dir string) {
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Registry(goneRegistry).AddArchive("d-1.0.0", []byte("an orphan"))
	home.Registry(cargotest.CratesIO).AddArchive("e-1.0.0", nil)
	writeFile(t, filepath.Join(dir, "home", "registry", "src", cargotest.CratesIO, "f-1.0.0", "half"), "half")
}

// makeHistory adds commits that nobody needs.
func makeHistory(t *testing.T, dir string) {
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	for _, text := range []string{"one", "two", "three"} {
		home.AddRepository("dep-76b49a6ab83d7ca8", "https://example.com/dep", map[string][]byte{"more": []byte(text)})
	}
	makeUnpacked(t, dir)
}

// makeOldLayout adds a checkout that alone has the repository of its submodule.
func makeOldLayout(t *testing.T, dir string) {
	makeOldLayoutIn(t, dir, "dep-2cabe8440ae18435", "sub-9d4ec56fa6bb8ee4")
}

// makeOldLayoutIn does so in folders called name, and sub for the submodule.
func makeOldLayoutIn(t *testing.T, dir, name, sub string) {
	t.Helper()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	inner := home.AddRepository(sub, "https://example.com/sub", map[string][]byte{"s": []byte("s")})
	commit := home.AddRepository(name, "https://example.com/dep", map[string][]byte{
		"sub": []byte("@ " + inner), ".gitmodules": []byte("[submodule \"sub\"]\npath = sub\nurl = ../sub\n"),
	})
	home.WriteLock(filepath.Join(dir, "old"), cargotest.Project{Name: "old", Deps: []cargotest.Dep{{Name: "dep", Req: "1.0.0", Git: "https://example.com/dep#" + commit}}})
	mustRun(t, dir, "checkout", "--lockfile-path", "../old/Cargo.lock")
	home.OldSubmodule(name+"/"+commit[:7], "sub", "https://example.com/sub", false)
	if err := os.RemoveAll(filepath.Join(dir, "home", "git", "db", sub)); err != nil {
		t.Fatal(err)
	}
}
