// Demo makes a small Cargo home and a project that builds from it, to try
// things on without a network:
//
//	go run ./internal/cargotest/demo DIR
//	cd DIR/project
//	CARGO_HOME=DIR/home cargo run --offline --frozen
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"cargohome/internal/cargotest"
)

type terminal struct{}

func (terminal) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "error: "+format+"\n", args...)
	os.Exit(1)
}

func main() {
	if len(os.Args) != 2 {
		terminal{}.Fatalf("usage: demo DIR")
	}
	dir := os.Args[1]
	home := cargotest.NewHome(terminal{}, filepath.Join(dir, "home"))
	home.Add(crates...)
	home.WriteProject(filepath.Join(dir, "project"), project)
}

// Two versions of greeting, one crate only for Windows, one build script.
var crates = []cargotest.Crate{
	{Name: "greeting", Version: "1.0.2"},
	{Name: "greeting", Version: "2.1.0", Features: map[string][]string{"default": {"loud"}, "loud": {}}},
	{Name: "polite", Version: "0.3.1", Deps: []cargotest.Dep{{Name: "greeting", Req: "1"}, {Name: "winnow-bell", Req: "0.1", Target: "cfg(windows)"}}},
	{Name: "winnow-bell", Version: "0.1.0"},
	{Name: "stamped", Version: "1.4.0+build.7", Deps: []cargotest.Dep{{Name: "greeting", Req: "2.0"}}, Files: []cargotest.File{
		{Path: "build.rs", Content: stampBuild},
		{Path: "src/lib.rs", Content: stampLib},
		{Path: "tools/stamp.sh", Content: "#!/bin/sh\necho stamped\n", Mode: 0o755},
		{Path: ".gitignore", Content: "/target\n"},
	}},
}

const stampBuild = `fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=STAMP=from the build script");
}
`

const stampLib = `pub fn describe() -> String {
    format!("stamped 1.4.0+build.7 ({}) < {}", env!("STAMP"), greeting::describe())
}
`

var project = cargotest.Project{
	Name: "demo",
	Deps: []cargotest.Dep{{Name: "polite", Req: "0.3"}, {Name: "stamped", Req: "1"}, {Name: "greeting", Req: "2.1"}},
}
