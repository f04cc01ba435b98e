package vendoring

import (
	"os"
	"testing"

	"cargohome/crate"
)

// rulesFiles have something of everything that the rules are about: inheriting, targets,
// dependencies, tables that are dropped and kept, strings and numbers as they are
// printed, files that are listed and not.
func rulesFiles(w *gitWorld) gitFiles {
	files := w.files()
	files["Cargo.toml"] = `100644 [workspace]
members = ["dep", "other"]
[workspace.package]
version = "1.0.0"
edition = "2021"
readme = "README.md"
[workspace.dependencies]
a = { version = "1", features = ["x"], default-features = false }
other = { path = "other" }
[workspace.lints.rust]
unused = { level = "warn", priority = -1 }
`
	files["other/Cargo.toml"] = "100644 [package]\nname = \"other\"\nversion = \"0.1.0\"\n"
	files["other/src/lib.rs"] = "100644 "
	files["README.md"] = "100644 read\n"
	files["dep/Cargo.toml"] = `100644 [package]
name = "dep"
version.workspace = true
edition.workspace = true
readme.workspace = true
description = "tab\tand 'quote'"
exclude = ["secret", "/benches/*", "!/benches/kept.rs"]
unknown = 1
[package.metadata.x]
z = 0xff
a = [1, { b = 1e25 }, 1979-05-27 07:32:00Z]
[features]
default = ["a"]
[dependencies]
a = { workspace = true, optional = true, features = ["y"] }
other.workspace = true
plain = "1"
[target.'cfg(unix)'.dev_dependencies]
b = { git = "https://example.com/b", branch = "c" }
[lints]
workspace = true
[profile.dev]
debug = true
opt-level = 2
[patch.crates-io]
c = { path = "c" }
`
	files["dep/src/main.rs"] = "100644 "
	files["dep/src/bin/tool/main.rs"] = "100644 "
	files["dep/examples/b.rs"] = "100644 "
	files["dep/examples/a.rs"] = "100644 "
	files["dep/benches/kept.rs"] = "100644 "
	files["dep/benches/gone.rs"] = "100644 "
	files["dep/build.rs"] = "100644 "
	files["dep/.hidden"] = "100644 "
	files["dep/.gitignore"] = "100644 *.rs\n"
	files["dep/target/tracked"] = "100644 "
	files["dep/within/Cargo.toml"] = "100644 "
	return files
}

// What is made of a commit must not change without the number of the rules: stat caches
// would keep what older versions of the program made. If this fails, copyRules grows, and
// the line below is what the error says.
func TestCopyRules(t *testing.T) {
	want := map[int]string{1: "8a0f384a2d35b9fd75b10e99667ce1cb18776b9eca54bdabf10bf143b19d80a3"}
	w := newGitWorld(t)
	w.mustVendor(t, w.commit(rulesFiles(w)), false)
	record, err := os.ReadFile(w.at(crate.ChecksumFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := crate.Sum(record).String(); got != want[copyRules] {
		manifest, _ := os.ReadFile(w.at("Cargo.toml"))
		t.Errorf("rules %d make another package: %s\n%s\n%s", copyRules, got, record, manifest)
	}
}
