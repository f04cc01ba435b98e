package manifest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// The file of the same name with expected manifests holds, for each package, a
// file "<name>/files" with the listed files and "<name>/Cargo.toml".
const (
	packagesFile = "testdata/packages.txtar"
	wantFile     = "testdata/packages_want.txtar"
)

// writePackages makes the tree of [packagesFile] in dir, and what that file cannot
// hold.
func writePackages(t *testing.T, dir string) {
	t.Helper()
	a, err := txtar.ParseFile(packagesFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		writeBytes(t, filepath.Join(dir, f.Name), f.Data)
	}
	windows := bytes.ReplaceAll([]byte(windowsManifest), []byte("\n"), []byte("\r\n"))
	writeBytes(t, filepath.Join(dir, "bom-crlf/Cargo.toml"), append([]byte("\ufeff"), windows...))
	link(t, "../LICENSE", filepath.Join(dir, "symlinked-readme/README.md"))
	link(t, "../src/lib.rs", filepath.Join(dir, "symlinked-readme/examples/linked.rs"))
	link(t, "../../subpackage", filepath.Join(dir, "symlinked-readme/examples/folder"))
	link(t, "tests_", filepath.Join(dir, "symlinked-readme/tests"))
	writeBytes(t, filepath.Join(dir, "symlinked-readme/tests_/through.rs"), nil)
	link(t, "../nothing", filepath.Join(dir, "symlinked-readme/build.rs"))
	writeBytes(t, filepath.Join(dir, "LICENSE"), []byte("free\n"))
}

const windowsManifest = `[package]
name = "bom-crlf"
version = "1.0.0"
edition = "2021"
description = """
one
two \
   three
"""

[package.metadata] # comment
list = [
  1,
  2, # two
]
text = '''a
b'''
`

func writeBytes(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}
