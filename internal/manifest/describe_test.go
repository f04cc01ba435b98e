package manifest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cargohome/internal/manifest"
)

const described = `
[package]
name = "p"
version.workspace = true
edition = "2021"
links = "z"
[lib]
crate-type = ["proc-macro"]
[features]
default = ["a", "b/c"]
[dependencies]
b.workspace = true
a = { version = "1", package = "A", optional = true, default-features = false, features = ["x"] }
[dev_dependencies]
d = { path = "../d" }
[build-dependencies]
e = { git = "https://h/e", tag = "t", version = "*" }
[target.'cfg(unix)'.dependencies]
f = { workspace = true, optional = true, features = ["y"] }
[target.i686-pc-windows-msvc.build-dependencies]
g = "2"
`

const describedRoot = `
[workspace]
members = ["p", "d"]
resolver = "2"
[workspace.package]
version = "1.2.3"
[workspace.dependencies]
b = { path = "b", default-features = false }
f = { version = "3", features = ["x"] }
[patch.crates-io]
q = { path = "q" }
`

func TestLoad(t *testing.T) {
	tree := manifest.NewTree(fstest.MapFS{
		"Cargo.toml": {Data: []byte(describedRoot)}, "p/src/lib.rs": {}, "p/build.rs": {},
		"p/Cargo.toml": {Data: []byte(described)},
	})
	got, err := tree.Load("p")
	if err != nil {
		t.Fatal(err)
	}
	want := &manifest.Manifest{
		Dir: "p", File: "p/Cargo.toml", Name: "p", Version: "1.2.3", Edition: "2021", Links: "z", ProcMacro: true,
		Features: map[string][]string{"default": {"a", "b/c"}}, Files: []string{"src/lib.rs", "build.rs"},
		Dependencies: []manifest.Dependency{
			{Name: "a", Package: "A", Requirement: "1", Optional: true, Features: []string{"x"}},
			{Name: "b", Package: "b", Dir: "b"},
			{Name: "d", Package: "d", Kind: manifest.Dev, DefaultFeatures: true, Dir: "d"},
			{Name: "e", Package: "e", Kind: manifest.Build, DefaultFeatures: true, Requirement: "*", Git: "https://h/e", Tag: "t"},
			{Name: "f", Package: "f", Target: "cfg(unix)", DefaultFeatures: true, Requirement: "3", Optional: true, Features: []string{"x", "y"}},
			{Name: "g", Package: "g", Kind: manifest.Build, Target: "i686-pc-windows-msvc", DefaultFeatures: true, Requirement: "2"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	root, err := tree.Load(".")
	if err != nil {
		t.Fatal(err)
	}
	want = &manifest.Manifest{
		Dir: ".", File: "Cargo.toml", Virtual: true, Resolver: "2", Workspace: &manifest.Root{Members: []string{"p", "d"}},
		Patches: []manifest.Dependency{{Name: "q", Package: "q", DefaultFeatures: true, Dir: "q", Patches: "crates-io"}},
	}
	if diff := cmp.Diff(want, root, cmpopts.IgnoreUnexported(manifest.Root{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What says nothing of packages is not looked at, whatever it says.
func TestParse(t *testing.T) {
	m, err := manifest.Parse("[package]\nname = 'x'\nedition = '2099'\nbuild = {}\n[[bin]]\nname = 1\n[lib]\nproc-macro = true\npath = 1\n[profile]\nx = 1\n[lints]\ny = 2\n[dependencies]\nz = {version = '1', artifact = 'bin'}\n")
	if err != nil {
		t.Fatal(err)
	}
	if m.Version != "0.0.0" || m.Edition != "2099" || !m.ProcMacro || !m.Dependencies[0].Artifact {
		t.Errorf("got %+v", m)
	}
}

func TestParse_errors(t *testing.T) {
	for text, want := range map[string]string{
		"":                     `manifest "Cargo.toml": it has neither a [package] nor a [workspace]`,
		"[package]\nname = ''": "line 2",
		"[package]\nname = 'x'\nversion.workspace = true":                           "no workspace to inherit from",
		"[package]\nname = 'x'\nworkspace = 'w'\nversion.workspace = true":          "file does not exist",
		"[package]\nname = 'x'\nworkspace = '..'\n[dependencies]\na.workspace=true": "leads out of the tree",
		"[package]\nname = 'x'\n[features]\n'' = []":                                "line 4",
	} {
		if m, err := manifest.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, m, err, want)
		}
	}
}
