package cargotest

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Versions is a home and a project that needs of it what cargos do differently when they
// vendor: see package compat. Cargos of all versions read it; the repositories are fetched
// from the home's own git/db.
type Versions struct {
	Home    string // with the registry of crates.io and three repositories, of which one is a submodule
	Project string
}

// WriteVersions makes one in dir. What is vendored of it is the same in any folder.
func WriteVersions(t T, dir string) *Versions {
	v := &Versions{Home: filepath.Join(dir, "home"), Project: filepath.Join(dir, "project")}
	home := NewHome(t, v.Home)
	home.Add(versionedCrates...)
	var deps []Dep
	for _, c := range versionedCrates {
		deps = append(deps, Dep{Name: c.Name, Req: "=" + c.Version, As: strings.NewReplacer(".", "_", "+", "_").Replace(c.Stem())})
	}
	url := func(name string) string {
		return "file://" + filepath.ToSlash(filepath.Join(v.Home, "git", "db", name))
	}
	add := func(name string, files map[string]string) string {
		bytes := map[string][]byte{}
		for _, path := range slices.Sorted(maps.Keys(files)) {
			bytes[path] = []byte(files[path])
		}
		id, dir := home.AddRepository(name, url(name), bytes), filepath.Join(v.Home, "git", "db", name)
		write(t, filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/main\n")) // so that it can be fetched
		write(t, filepath.Join(dir, "refs", "heads", "main"), []byte(id+"\n"))
		return id
	}
	data := add("data-0123456789abcdef", dataFiles)
	many := maps.Clone(workspaceFiles)
	many["first/nested/data"], many["fourth/data"] = "@ "+data, "@ "+data
	commits := map[string]string{"many-0123456789abcdef": add("many-0123456789abcdef", many), "alone-0123456789abcdef": add("alone-0123456789abcdef", aloneFiles)}
	for _, p := range []struct{ name, version, repo string }{
		{"first", "1.2.3", "many"}, {"second", "0.1.0", "many"}, {"third", "0.1.0", "many"}, {"fourth", "0.2.0", "many"}, {"fifth", "0.1.0", "many"}, {"alone", "0.3.0", "alone"},
	} {
		repo := p.repo + "-0123456789abcdef"
		deps = append(deps, Dep{Name: p.name, Req: p.version, Git: url(repo) + "#" + commits[repo]})
	}
	project := Project{Name: "versions", Deps: deps, Main: "fn main() {}\n"}
	home.WriteProject(v.Project, project)
	write(t, filepath.Join(v.Project, "Cargo.lock"), []byte(LockText(3, locked(home.Lock(project)))))
	return v
}

// locked adds what packages of repositories depend on, which nobody has told the home.
func locked(packages []Locked) []Locked {
	of := func(name, version string) Ref {
		for _, p := range packages {
			if p.Name == name && strings.HasPrefix(p.Version, version) {
				return p.Ref
			}
		}
		return Ref{}
	}
	for i := range packages {
		switch p := &packages[i]; p.Name {
		case "first":
			p.Deps = []Ref{of("plain", "1")}
		case "alone", "fifth":
			p.Deps = []Ref{of("spared", "2")}
		}
	}
	return packages
}

const aLibrary, aProgram = "pub fn f() {}\n", "fn main() {}\n"

// Packages of a registry: with all that has ever been left out of them, with patterns of
// their own, without a program, and in two versions.
var versionedCrates = []Crate{
	{Name: "dots", Version: "1.0.0", Files: []File{
		{Path: ".cargo_vcs_info.json", Content: "{\n  \"git\": {\n    \"sha1\": \"0123456789012345678901234567890123456789\"\n  },\n  \"path_in_vcs\": \"\"\n}", MTime: 1},
		{Path: "Cargo.toml.orig", Content: "[package]\nname = \"dots\"\n"},
		{Path: "Cargo.lock", Content: "# a lock\n", MTime: 123456789},
		{Path: ".github/workflows/ci.yml", Content: "on: push\n"},
		{Path: ".gitignore", Content: "/target\n"}, {Path: ".gitattributes", Content: "* text\n"},
		{Path: "deep/.gitignore", Content: "*.tmp\n"}, {Path: "deep/.gitattributes", Content: "* text\n"}, {Path: "deep/.hidden", Content: "hidden\n"},
		{Path: "deep/.git/config", Content: "[core]\n"},
		{Path: "change.rej", Content: "rejected\n"}, {Path: "deep/kept.orig", Content: "original\n"}, {Path: "orig", Content: "no suffix\n"},
		{Path: "target/debug/file", Content: "built\n"}, {Path: "deep/target/file", Content: "not built\n"},
		{Path: "tools/run.sh", Content: "#!/bin/sh\n", Mode: 0o755}, {Path: "group.txt", Content: "group\n", Mode: 0o664},
		{Path: "inner/Cargo.toml", Content: "[package]\nname = \"inner\"\n"}, {Path: "inner/src/lib.rs", Content: aLibrary},
		{Path: "src/lib.rs", Content: aLibrary},
	}},
	{Name: "dots", Version: "0.9.0", Files: []File{{Path: "Cargo.lock", Content: "# a lock\n"}, {Path: "src/lib.rs", Content: aLibrary}, {Path: "examples/show.rs", Content: aProgram}}},
	{Name: "chosen", Version: "0.1.0", Files: []File{
		{Path: "Cargo.toml", Content: "[package]\nname = \"chosen\"\nversion = \"0.1.0\"\nedition = \"2018\"\ninclude = [\"src/**\", \".hid*\", \"*.txt\", \"!no.txt\", \"sub/\"]\n", MTime: 1},
		{Path: "src/lib.rs", Content: aLibrary}, {Path: ".hidden", Content: "hidden\n"}, {Path: "yes.txt", Content: "yes\n"}, {Path: "no.txt", Content: "no\n"},
		{Path: "other.md", Content: "other\n"}, {Path: "sub/a/b.bin", Content: "b\n"}, {Path: "Cargo.lock", Content: "# a lock\n"}, {Path: "Cargo.toml.orig", Content: "orig\n"},
	}},
	{Name: "spared", Version: "2.0.0", Files: []File{
		{Path: "Cargo.toml", Content: "[package]\nname = \"spared\"\nversion = \"2.0.0\"\nedition = \"2021\"\nexclude = [\"/docs\", \"*.png\", \"!keep.png\"]\n", MTime: 1},
		{Path: "src/lib.rs", Content: aLibrary}, {Path: "docs/a.md", Content: "a\n"}, {Path: "src/docs/a.md", Content: "a\n"}, {Path: "a.png", Content: "a\n"}, {Path: "keep.png", Content: "k\n"},
		{Path: "Cargo.lock", Content: "# a lock\n"}, {Path: "src/bin/spared.rs", Content: aProgram},
	}},
	{Name: "plain", Version: "1.0.0+build.5"},
}

var dataFiles = map[string]string{"text": "from a submodule\n", ".gitignore": "*.tmp\n", "deep/.gitattributes": "* text\n", "deep/file": "deep\n"}

// A workspace whose packages inherit, have targets of all kinds, leave some out, and carry
// values that printers of TOML write in different ways.
var workspaceFiles = map[string]string{
	".gitmodules": "[submodule \"one\"]\n\tpath = first/nested/data\n\turl = ../data-0123456789abcdef\n[submodule \"two\"]\n\tpath = fourth/data\n\turl = ../data-0123456789abcdef\n",
	"LICENSE":     "licence\n", "README.md": "read\n",
	"Cargo.toml": `[workspace]
members = ["first", "second", "third", "fourth", "fifth"]
resolver = "2"
exclude = ["none"]
default-members = ["first"]

[workspace.package]
version = "1.2.3"
edition = "2021"
authors = ["Z", "A"]
license-file = "LICENSE"
readme = "README.md"
description = "it's a \"test\"\nof lines"

[workspace.dependencies]
plain = { version = "1", default-features = false }
spared = "2"

[workspace.lints.rust]
unused = "allow"
unexpected_cfgs = { level = "warn", check-cfg = ['cfg(foo, values("x"))'], also = 1 }
`,
	"first/Cargo.toml": `[package]
name = "first"
version.workspace = true
edition.workspace = true
authors.workspace = true
license-file.workspace = true
readme.workspace = true
description.workspace = true
build = "./build.rs"
exclude = ["tests/*", "src/bin/gone.rs"]
autobenches = false
unknown = 1

[package.metadata.zoo]
zeta = "tab\there"
alpha = '''three 'single' "and" double'''
back = 'C:\dir'
both = "C:\\it's"
list = [[1, 2], { b = 1, a = 2 }]
[package.metadata.docs.rs]
all-features = true
targets = []

[badges]
maintenance = { status = "none" }

[features]
default = ["std"]
std = []

[dependencies]
plain.workspace = true
second = { path = "../second", optional = true }
[target.'cfg(unix)'.dev-dependencies]
chosen = "0.1"
[build-dependencies]

[lints]
workspace = true

[[test]]
name = "zz"
path = "tests/zz.rs"

[[bin]]
name = "zbin"
path = "src/../src/z.rs"
`,
	"first/build.rs": aProgram, "first/src/lib.rs": aLibrary, "first/src/z.rs": aProgram, "first/src/bin/gone.rs": aProgram, "first/src/bin/here.rs": aProgram,
	"first/examples/e1.rs": aProgram, "first/tests/zz.rs": aProgram, "first/tests/aa.rs": aProgram, "first/benches/b.rs": aProgram,
	"first/.gitignore": "*.log\n", "first/nested/.gitignore": "*.x\n", "first/nested/kept.orig": "kept\n", "first/nested/x.rej": "rej\n",
	"first/nested/target": "a file\n", "first/target/f": "built\n", "first/.github/w.yml": "on: push\n", "first/Cargo.lock": "# a lock\n",
	"second/Cargo.toml": "[package]\nname = \"second\"\nversion = \"0.1.0\"\nedition = \"2018\"\ninclude = [\"src/**\", \"Cargo.lock\", \".hid*\", \"*.txt\"]\n[lib]\nproc_macro = false\ncrate_type = [\"rlib\"]\n",
	"second/src/lib.rs": aLibrary, "second/.hidden": "hidden\n", "second/n.txt": "n\n", "second/m.md": "m\n", "second/Cargo.lock": "# a lock\n",
	"third/Cargo.toml": "[package]\nname = \"third\"\nversion = \"0.1.0\"\nreadme = false\npublish = [\"x\", \"y\"]\n", "third/src/lib.rs": aLibrary, "third/Cargo.lock": "# a lock\n", "third/target": "a file\n",
	"fourth/Cargo.toml": "[package]\nname = \"fourth\"\nversion = \"0.2.0\"\nreadme = true\ndescription = \"\"\"a\n\"quoted\"\\\\ line\n\"\"\"\nkeywords = [\"one\", \"two\"]\n\n[lints.rust]\nunused = \"allow\"\n",
	"fifth/Cargo.toml": `[package]
name = "fifth"
version = "0.1.0"
edition = "2021"

[dependencies]
spared.workspace = true
[build-dependencies]
spared = { workspace = true, default-features = true }
[target.'cfg(unix)'.dev-dependencies]
spared.workspace = true
[target.'cfg(windows)'.build-dependencies]
spared = { workspace = true, features = [] }
`,
	"fifth/src/lib.rs":  aLibrary,
	"fourth/src/lib.rs": aLibrary, "fourth/README.md": "read\n", "fourth/src/main.rs": aProgram,
}

// A package that is its own workspace, and is not in a folder.
var aloneFiles = map[string]string{
	"Cargo.toml": `[package]
name = "alone"
version = "0.3.0"
edition = "2021"
license = "MIT"

[workspace]
members = ["member"]
default-members = ["."]
exclude = ["other"]
metadata = { z = 1, a = 2 }

[profile.release]
debug = true
opt-level = 3
lto = "thin"

[profile.dev.package."*"]
debug = 1

[patch.crates-io]

[dependencies]
spared = "2"
`,
	"src/lib.rs": aLibrary, "member/Cargo.toml": "[package]\nname = \"member\"\nversion = \"0.1.0\"\n", "member/src/lib.rs": aLibrary,
	".gitattributes": "*.crlf text\n", "Cargo.lock": "# a lock\n", "docs/.gitignore": "x\n", "docs/a.md": "a\n", "examples/show.rs": aProgram,
}
