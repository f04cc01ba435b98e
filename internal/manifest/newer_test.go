package manifest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"cargohome/internal/compat"
	"cargohome/internal/manifest"
)

// newerCases are manifests that cargo 1.95 passes over, and the lines that the first cargo
// that takes them writes when it vendors their packages.
var newerCases = map[string]struct{ text, takers, want string }{
	"git and registry": {
		"[dependencies]\nx = { version = \"1\", git = \"https://example.com/x\", registry = \"mine\" }\n", "cargo 1.96 and newer take",
		"[dependencies.x]\nversion = \"1\"\nregistry = \"mine\"\ngit = \"https://example.com/x\"\n",
	},
	"default features turned off": {
		"edition = \"2024\"\n[dependencies]\nx = { workspace = true, default-features = false }\n", "cargo 1.99 and newer take",
		"[dependencies.x]\nversion = \"1\"\ndefault-features = false\n",
	},
}

func TestNewer(t *testing.T) {
	for name, c := range newerCases {
		t.Run(name, func(t *testing.T) {
			tree := manifest.NewTree(fstest.MapFS{
				"Cargo.toml":     {Data: []byte("[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nx = \"1\"\n")},
				"a/Cargo.toml":   {Data: []byte("[package]\nname = \"a\"\nversion = \"1.0.0\"\n" + c.text)},
				"a/src/lib.rs":   {},
				"a/src/other.rs": {},
			})
			tree.Registries = func(string) bool { return true }
			f, err := tree.Find("a", "1.0.0")
			if err != nil {
				t.Fatal(err)
			}
			if want := "only " + c.takers + " the manifest of `a v1.0.0`"; len(f.Warnings) != 1 || f.Warnings[0] != want {
				t.Errorf("warnings are %q, want %q", f.Warnings, want)
			}
			got, err := tree.Normalize(compat.Rule{}, f.Dir, []string{"src/lib.rs"})
			if err != nil || !strings.Contains(string(got.Text), c.want) {
				t.Errorf("%v: %s", err, got.Text)
			}
		})
	}
}

// What only newer cargos take does not come before what all do.
func TestNewer_precedence(t *testing.T) {
	text := "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"
	tree := manifest.NewTree(fstest.MapFS{
		"1/Cargo.toml": {Data: []byte(text + newerCases["git and registry"].text)}, "1/src/lib.rs": {},
		"2/Cargo.toml": {Data: []byte(text)}, "2/src/lib.rs": {},
	})
	tree.Registries = func(string) bool { return true }
	if f, err := tree.Find("a", "1.0.0"); err != nil || f.Dir != "2" {
		t.Errorf("found %v, %v", f, err)
	}
}

// TOML 1.1 is taken since cargo 1.94.
func TestTOML11(t *testing.T) {
	text := "[package]\nname = \"a\"\nversion = \"1.0.0\"\ndescription = \"\\e[1m\\x41\"\n[dependencies]\nx = {\n  version = \"1\", # first\n  features = [\n    \"f\",\n  ],\n}\n"
	tree := manifest.NewTree(fstest.MapFS{"Cargo.toml": {Data: []byte(text)}, "src/lib.rs": {}})
	f, err := tree.Find("a", "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	got, err := tree.Normalize(compat.Rule{}, f.Dir, []string{"src/lib.rs"})
	if want := "description = \"\\u001B[1mA\"\n"; err != nil || !strings.Contains(string(got.Text), want) || !strings.Contains(string(got.Text), "[dependencies.x]\nversion = \"1\"\nfeatures = [\"f\"]\n") {
		t.Errorf("%v: %s", err, got.Text)
	}
}
