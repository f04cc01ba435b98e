//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/cargotest"
)

// What is under two names, or under the older one only, is whole under both whatever
// happens, or under one.
func init() {
	scenes["relink"] = scene{args: []string{"relink"}, before: makeOlderHome}
	scenes["clean_superseded"] = scene{args: []string{"clean", "--superseded", "1.84"}, before: makeTwice}
}

// makeOlderHome adds what a cargo before 1.85 has fetched.
func makeOlderHome(t *testing.T, dir string) {
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Registry(cargotest.CratesIOOld).Add(sceneCrate, cargotest.Crate{Name: "a", Version: "0.9.0"}, cargotest.Crate{Name: "c", Version: "1.0.0"})
	home.Used("registry_index", cargotest.CratesIO, "", 1)
	makeOldLayoutIn(t, dir, "dep-48638b2340bb08d7", "sub-9d4ec56fa6bb8ee4")
}

// makeTwice has it under both names.
func makeTwice(t *testing.T, dir string) {
	makeOlderHome(t, dir)
	mustRun(t, dir, "reextract")
	mustRun(t, dir, "relink")
	if err := os.RemoveAll(filepath.Join(dir, "home", "git", "db", "sub-9d4ec56fa6bb8ee4")); err != nil {
		t.Fatal(err)
	}
}
