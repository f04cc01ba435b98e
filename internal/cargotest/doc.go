// Package cargotest builds what tests need in the forms Cargo itself writes:
// archives, registry indexes, Cargo homes, local registries, projects with
// their Cargo.lock, and archives no honest tool would write, all of which
// [HostileArchives] returns.
//
//	home := cargotest.NewHome(t, dir)
//	home.Add(cargotest.Crate{Name: "leaf", Version: "1.0.0"})
//	home.Add(cargotest.Crate{Name: "mid", Version: "0.2.0", Deps: []cargotest.Dep{{Name: "leaf", Req: "1"}}})
//	home.WriteProject(projectDir, cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "mid"}}})
//
// `CARGO_HOME=dir cargo build --offline --frozen` works in such a project.
//
// Bytes depend on the arguments alone: times are fixed, and archives are
// compressed by a library whose version go.mod pins. Package script below makes
// the same fixtures available to testscript files. Nothing here is for
// production code.
package cargotest

import (
	"os"
	"path/filepath"
)

// T is what a fixture needs of a test, script or program to give up on it.
type T interface {
	Fatalf(format string, args ...any)
}

// write makes the file and its parents.
func write(t T, path string, data []byte) {
	check(t, os.MkdirAll(filepath.Dir(path), 0o777))
	check(t, os.WriteFile(path, data, 0o666))
}

func check(t T, err error) {
	if err != nil {
		t.Fatalf("%v", err)
	}
}
