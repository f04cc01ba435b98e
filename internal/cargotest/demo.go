package cargotest

import "path/filepath"

// WriteDemo makes a small Cargo home, DIR/home, and a project that builds from it,
// DIR/project: what `make demo` shows, and what the examples of the documentation are for.
func WriteDemo(t T, dir string) {
	home := NewHome(t, filepath.Join(dir, "home"))
	home.Add(demoCrates...)
	home.WriteProject(filepath.Join(dir, "project"), demoProject)
}

// Two versions of greeting, one crate only for Windows, one build script.
var demoCrates = []Crate{
	{Name: "greeting", Version: "1.0.2"},
	{Name: "greeting", Version: "2.1.0", Features: map[string][]string{"default": {"loud"}, "loud": {}}},
	{Name: "polite", Version: "0.3.1", Deps: []Dep{{Name: "greeting", Req: "1"}, {Name: "winnow-bell", Req: "0.1", Target: "cfg(windows)"}}},
	{Name: "winnow-bell", Version: "0.1.0"},
	{Name: "stamped", Version: "1.4.0+build.7", Deps: []Dep{{Name: "greeting", Req: "2.0"}}, Files: []File{
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

var demoProject = Project{
	Name: "demo",
	Deps: []Dep{{Name: "polite", Req: "0.3"}, {Name: "stamped", Req: "1"}, {Name: "greeting", Req: "2.1"}},
}
