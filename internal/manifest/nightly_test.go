package manifest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/compat"
	"cargohome/internal/manifest"
)

// A nightlyCase is a manifest that a nightly cargo takes, and a stable one does not.
type nightlyCase struct {
	feature string // the cargo-features
	text    string // what follows the usual [package]
	files   string // besides src/lib.rs
	lacks   string // the feature that is to be told to be missing, "" if the manifest is taken
}

// nightlyCases have their answers from cargo 1.95 under RUSTC_BOOTSTRAP=1; the
// conformance test asks it again.
var nightlyCases = []nightlyCase{
	{feature: "profile-rustflags"},
	{feature: "profile-rustflags", text: "[profile.dev]\nrustflags = [\"-O\"]"},
	{feature: "profile-rustflags", text: "[profile.dev.package.'*']\nrustflags = []"},
	{feature: "edition2024", text: "[profile.dev]\nrustflags = [\"-O\"]", lacks: "profile-rustflags"},
	{feature: "trim-paths", text: "[profile.release]\ntrim-paths = [\"object\", \"macro\"]"},
	{feature: "codegen-backend", text: "[profile.dev]\ncodegen-backend = \"cranelift\""},
	{feature: "panic-immediate-abort", text: "[profile.release]\npanic = \"immediate-abort\""},
	{feature: "strip", text: "[profile.release]\npanic = \"immediate-abort\"", lacks: "panic-immediate-abort"},
	{feature: "different-binary-name", text: "[[bin]]\nname = \"b\"\npath = \"src/lib.rs\"\nfilename = \"c\""},
	{feature: "per-package-target", text: "default-target = \"x86_64-unknown-linux-gnu\"\nforced-target = \"x86_64-unknown-linux-gnu\""},
	{feature: "test-dummy-unstable", text: "im-a-teapot = true"},
	{feature: "unstable-editions", text: "edition = \"future\"", files: "src/main.rs"},
	{feature: "multiple-build-scripts", text: "build = [\"./a.rs\", \"x/../b.rs\", \"c.rs\"]", files: "a.rs b.rs"},
	{feature: "multiple-build-scripts", text: "build = [\"a.rs\", \"c.rs\"]", files: "a.rs"},
	{feature: "multiple-build-scripts", text: "build = []"},
	{feature: "metabuild", text: "metabuild = [\"zz\"]\n[build-dependencies]\nzz = { path = \"../zz\" }"},
	{feature: "public-dependency", text: "[dependencies]\nzz = { path = \"../zz\", public = true }"},
	{feature: "codegen-backend", text: "[dependencies]\nzz = { path = \"../zz\", public = true }"}, // dropped
	{feature: "path-bases", text: "[dependencies]\nzz = { path = \"zz\", base = \"workspace\", optional = true }\n[workspace]", lacks: "path-bases"},
	{feature: "trim-paths", text: "[dependencies]\nzz = { path = \"../zz\", artifact = \"bin\", optional = true }", lacks: "bindeps"},
}

func nightlyName(i int) string { return fmt.Sprintf("n%d", i) }

// writeNightly makes a tree of the cases, and of members of a root that only a
// nightly cargo takes.
func writeNightly(t *testing.T, dir string) {
	t.Helper()
	for i, c := range nightlyCases {
		text := fmt.Sprintf("cargo-features = [%q]\n[package]\nname = %q\nversion = \"1.0.0\"\n%s\n", c.feature, nightlyName(i), c.text)
		writePackage(t, filepath.Join(dir, nightlyName(i)), text, c.files)
	}
	writePackage(t, filepath.Join(dir, "zz"), "[package]\nname = \"zz\"\nversion = \"1.0.0\"\n", "")
	writePackage(t, filepath.Join(dir, "w"), "cargo-features = [\"trim-paths\"]\n[workspace]\nmembers = [\"m\"]\n[workspace.package]\nlicense = \"MIT\"\n[profile.dev]\ntrim-paths = true\n", "")
	writePackage(t, filepath.Join(dir, "w/m"), "[package]\nname = \"member\"\nversion = \"1.0.0\"\nlicense.workspace = true\n", "")
	for _, folder := range []string{"twice/a", "twice/b"} {
		features := map[string]string{"twice/a": "cargo-features = [\"metabuild\"]\n"}[folder]
		writePackage(t, filepath.Join(dir, folder), features+"[package]\nname = \"twice\"\nversion = \"1.0.0\"\ndescription = \""+folder+"\"\n", "")
	}
}

func TestNightly(t *testing.T) {
	dir := t.TempDir()
	writeNightly(t, dir)
	tree := manifest.NewTree(os.DirFS(dir))
	for i, c := range nightlyCases {
		f, err := tree.Find(nightlyName(i), "1.0.0")
		if c.lacks != "" {
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("needs the cargo feature %q", c.lacks)) {
				t.Errorf("%s: %q: the error does not name %s: %v", c.feature, c.text, c.lacks, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.feature, err)
			continue
		}
		if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0], "only a nightly cargo") {
			t.Errorf("%s: warnings are %q", c.feature, f.Warnings)
		}
		got, err := tree.Normalize(compat.Rule{}, f.Dir, []string{"src/lib.rs"})
		if want := fmt.Sprintf("cargo-features = [%q]\n", c.feature); err != nil || !strings.Contains(string(got.Text), want) {
			t.Errorf("%s: no %s in the vendored manifest: %v", c.feature, want, err)
		}
	}
}

// A stable cargo passes over what a nightly one takes first.
func TestNightly_precedence(t *testing.T) {
	dir := t.TempDir()
	writeNightly(t, dir)
	for _, nightly := range []bool{false, true} {
		tree := manifest.NewTree(os.DirFS(dir))
		tree.Nightly = nightly
		f, err := tree.Find("twice", "1.0.0")
		if want := map[bool]string{false: "twice/b", true: "twice/a"}[nightly]; err != nil || f.Dir != want {
			t.Errorf("nightly %v: got %v, want %q (%v)", nightly, f, want, err)
		}
	}
}
