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

// A candidate is a manifest that Cargo takes or not. If not, a second package of
// the same name, in a folder that comes later, is found in its place.
type candidate struct {
	name   string
	text   string // what follows the usual [package]; NAME stands for the package's name
	files  string // besides src/lib.rs
	broken bool
	skip   string // why we differ
}

const usual = "[package]\nname = \"NAME\"\nversion = \"1.0.0\"\ndescription = \"first\"\n"

// candidates have their answers from cargo 1.95; the conformance test asks it
// again. A text that begins with '!' is the whole manifest.
var candidates = []candidate{
	{name: "good"},
	{name: "not_toml", text: "x", broken: true},
	{name: "key_twice", text: "name = \"b\"", broken: true},
	{name: "wrong_type", text: "authors = \"me\"", broken: true},
	{name: "wrong_type_of_unknown_key", text: "unknown = 7"},
	{name: "wrong_type_in_array", text: "authors = [\"me\", 1]", broken: true},
	{name: "wrong_type_in_dependency", text: "[dependencies]\na = { version = 1, optional = true }", broken: true},
	{name: "dependency_is_true", text: "[dependencies]\na = true", broken: true},
	{name: "dependency_without_source", text: "[dependencies]\na = { optional = true }", broken: true},
	{name: "dependency_empty", text: "[dependencies]\na = {}", broken: true},
	{name: "dependency_path_and_git", text: "[dependencies]\na = { path = \"x\", git = \"https://a.b/c\", optional = true }", broken: true},
	{name: "dependency_rev_without_git", text: "[dependencies]\na = { version = \"1\", rev = \"x\", optional = true }", broken: true},
	{name: "dependency_two_refs", text: "[dependencies]\na = { git = \"https://a.b/c\", rev = \"x\", tag = \"y\", optional = true }", broken: true},
	{name: "dependency_feature_slash", text: "[dependencies]\na = { version = \"1\", features = [\"b/c\"], optional = true }", broken: true},
	{name: "dependency_feature_dep", text: "[dependencies]\na = { version = \"1\", features = [\"dep:c\"], optional = true }", broken: true},
	{name: "dependency_base", text: "[dependencies]\na = { path = \"x\", base = \"workspace\", optional = true }", broken: true},
	{name: "dependency_artifact", text: "[dependencies]\na = { version = \"1\", artifact = \"bin\", optional = true }", broken: true},
	{name: "dependency_lib", text: "[dependencies]\na = { version = \"1\", lib = true, optional = true }", broken: true},
	{name: "dependency_name", text: "[dependencies]\n\"a.b\" = { version = \"1\", optional = true }", broken: true},
	{name: "dependency_name_digit", text: "[dependencies]\n9a = { version = \"1\", optional = true }", broken: true},
	{name: "dependency_version", text: "[dependencies]\na = { version = \"one\", optional = true }", broken: true},
	{name: "dependency_version_odd", text: "[dependencies]\na = { version = \" >= 1.0 , <2.x \", optional = true }"},
	{name: "dependency_version_words", text: "[dependencies]\na = { version = \"1.0 and up\", optional = true }", broken: true},
	{name: "dependency_version_partial_pre", text: "[dependencies]\na = { version = \"1-alpha\", optional = true }", broken: true},
	{name: "dependency_version_wildcards", text: "[dependencies]\na = { version = \"1.*.*\", optional = true }\nb = { version = \"*\", optional = true }\nc = { version = \"~1\", optional = true }"},
	{name: "dependency_version_star_number", text: "[dependencies]\na = { version = \"*.1\", optional = true }", broken: true},
	{name: "dependency_version_empty", text: "[dependencies]\na = { version = \"\", optional = true }", broken: true},
	{name: "dev_dependency_inherited_nowhere", text: "[dev-dependencies]\na.workspace = true", broken: true},
	{name: "dependency_workspace_false", text: "[dependencies]\na = { workspace = false, version = \"1\" }", broken: true},
	{name: "dev_dependency_public", text: "[dev-dependencies]\na = { version = \"1\", public = true }"},
	{name: "no_name", text: "![package]\nversion = \"1.0.0\"\ndescription = \"first\"\n", broken: true},
	{name: "version_bad", text: "![package]\nname = \"NAME\"\nversion = \"1.0\"\n", broken: true},
	{name: "no_targets", text: "autolib = false", broken: true},
	{name: "lib_missing", text: "[lib]\nname = \"x\"\npath = \"nowhere.rs\"", files: "src/main.rs"},
	{name: "lib_hyphen", text: "[lib]\nname = \"a-b\"", broken: true},
	{name: "bin_missing", text: "[[bin]]\nname = \"x\"", broken: true},
	{name: "bin_ambiguous", text: "[[bin]]\nname = \"x\"", files: "src/bin/x.rs src/bin/x/main.rs", broken: true},
	{name: "bin_duplicate", text: "", files: "src/bin/x.rs src/bin/x/main.rs", broken: true},
	{name: "bin_reserved", text: "[[bin]]\nname = \"deps\"\npath = \"src/lib.rs\"", broken: true},
	{name: "bin_no_name", text: "[[bin]]\npath = \"src/lib.rs\"", broken: true},
	{name: "bin_crate_type", text: "[[bin]]\nname = \"b\"\npath = \"src/lib.rs\"\ncrate-type = [\"lib\"]"},
	{name: "test_missing", text: "[[test]]\nname = \"x\""},
	{name: "test_ambiguous", text: "[[test]]\nname = \"x\"", files: "tests/x.rs tests/x/main.rs"},
	{name: "test_duplicate", files: "tests/x.rs tests/x/main.rs", broken: true},
	{name: "test_empty_name", text: "[[test]]\nname = \" \"\npath = \"x.rs\"", broken: true},
	{name: "dylib_cdylib", text: "[lib]\ncrate-type = [\"dylib\", \"cdylib\"]", broken: true},
	{name: "proc_macro_mixed", text: "[lib]\ncrate-type = [\"proc-macro\", \"lib\"]", broken: true},
	{name: "target_edition", text: "[lib]\nedition = \"1999\"", broken: true},
	{name: "target_filename", text: "[[bin]]\nname = \"b\"\npath = \"src/lib.rs\"\nfilename = \"c\"", broken: true},
	{name: "edition_unknown", text: "edition = \"2030\"", broken: true},
	{name: "edition_future", text: "edition = \"future\"", broken: true},
	{name: "edition_too_new", text: "edition = \"2021\"\nrust-version = \"1.55\"", broken: true},
	{name: "edition_2024_underscore", text: "edition = \"2024\"\n[dev_dependencies]", broken: true},
	{name: "edition_2024_crate_type", text: "edition = \"2024\"\n[lib]\ncrate_type = [\"lib\"]", broken: true},
	{name: "edition_2024_default_features", text: "edition = \"2024\"\n[dev-dependencies]\na = { version = \"1\", default_features = true }", broken: true},
	{name: "edition_2024_project", text: "![project]\nname = \"NAME\"\nversion = \"1.0.0\"\nedition = \"2024\"\n", broken: true},
	{name: "edition_2021_underscore", text: "edition = \"2021\"\n[dev_dependencies]"},
	{name: "rust_version_words", text: "rust-version = \"stable\"", broken: true},
	{name: "rust_version_four", text: "rust-version = \"1.2.3.4\"", broken: true},
	{name: "rust_version_pre", text: "rust-version = \"1.2.3-beta\"", broken: true},
	{name: "rust_version_caret", text: "rust-version = \"^1.2\"", broken: true},
	{name: "rust_version_spaces", text: "rust-version = \" 1.70 \""},
	{name: "links_without_build", text: "links = \"x\"", broken: true},
	{name: "metabuild", text: "metabuild = \"x\"", broken: true},
	{name: "teapot", text: "im-a-teapot = true", broken: true},
	{name: "default_target", text: "default-target = \"x86_64-unknown-linux-gnu\"", broken: true},
	{name: "build_list", text: "build = [\"a.rs\", \"b.rs\"]", broken: true},
	{name: "default_run", text: "default-run = \"x\"", broken: true},
	{name: "resolver", text: "resolver = \"9\"", broken: true},
	{name: "resolver_twice", text: "resolver = \"2\"\n[workspace]\nresolver = \"2\"", broken: true},
	{name: "publish_number", text: "publish = 1", broken: true},
	{name: "features_misplaced", text: "cargo-features = []", broken: true},
	{name: "features_unknown", text: "!cargo-features = [\"nonsense\"]\n" + usual, broken: true},
	{name: "features_unstable", text: "!cargo-features = [\"trim-paths\"]\n" + usual, broken: true},
	{name: "features_stable", text: "!cargo-features = [\"edition2024\"]\n" + usual},
	{name: "features_twice", text: "!cargo-features = [\"strip\", \"strip\"]\n" + usual, broken: true},
	{name: "features_removed", text: "!cargo-features = [\"publish-lockfile\"]\n" + usual, broken: true},
	{name: "feature_name", text: "[features]\n\"a b\" = []", broken: true},
	{name: "feature_name_plus", text: "[features]\n\"+a\" = []", broken: true},
	{name: "feature_slash", text: "[features]\n\"a/b\" = []", broken: true},
	{name: "feature_missing", text: "[features]\na = [\"b\"]", broken: true},
	{name: "feature_of_no_dependency", text: "[features]\na = [\"b/c\"]", broken: true},
	{name: "feature_dep_not_optional", text: "[dependencies]\nb = { path = \"../zz\", package = \"zz\" }\n[features]\na = [\"dep:b\"]", broken: true},
	{name: "feature_dep_missing", text: "[features]\na = [\"dep:b\"]", broken: true},
	{name: "feature_implicit", text: "[dependencies]\nb = { path = \"../zz\", package = \"zz\", optional = true }\n[features]\na = [\"b\"]"},
	{name: "feature_unused_optional", text: "[dependencies]\nb = { path = \"../zz\", package = \"zz\", optional = true }\n[features]\na = [\"dep:b\"]\nc = [\"b\"]", broken: true},
	{name: "feature_weak_not_optional", text: "[dependencies]\nb = { path = \"../zz\", package = \"zz\" }\n[features]\na = [\"b?/c\"]", broken: true},
	{name: "feature_strong", text: "[dependencies]\nb = { path = \"../withf\", package = \"withf\" }\n[features]\na = [\"b/f\"]"},
	{name: "feature_slash_twice", text: "[dependencies]\nb = { path = \"../zz\", package = \"zz\" }\n[features]\na = [\"b/c/d\"]", broken: true},
	{name: "feature_dep_slash", text: "[dependencies]\nb = { path = \"../withf\", package = \"withf\", optional = true }\n[features]\na = [\"dep:b/f\"]", broken: true},
	{name: "feature_is_dependency", text: "[dependencies]\nb = { path = \"../withf\", package = \"withf\", optional = true }\n[features]\nb = []", broken: true},
	{name: "feature_is_dependency_used", text: "[dependencies]\nb = { path = \"../withf\", package = \"withf\", optional = true }\n[features]\nb = [\"dep:b\"]"},
	{name: "feature_cycle", text: "[features]\na = [\"b\"]\nb = [\"a\"]"},
	{name: "optional_dev_dependency", text: "[dev-dependencies]\na = { version = \"1\", optional = true }", broken: true},
	{name: "lint_level", text: "[lints.rust]\na = \"loud\"", broken: true},
	{name: "lint_no_level", text: "[lints.rust]\na = { priority = 1 }", broken: true},
	{name: "lint_priority", text: "[lints.rust]\na = { level = \"warn\", priority = 128 }", broken: true},
	{name: "lint_name", text: "[lints.rust]\n\"clippy::a\" = \"warn\"", broken: true},
	{name: "lint_name_of_unknown_tool", text: "[lints.other]\n\"clippy::a\" = \"warn\""},
	{name: "lint_check_cfg", text: "[lints.rust]\nunexpected_cfgs = { level = \"warn\", check-cfg = \"x\" }", broken: true},
	{name: "lints_false", text: "[lints]\nworkspace = false", broken: true},
	{name: "lints_both", text: "[workspace]\n[workspace.lints]\n[lints]\nworkspace = true\nrust.a = \"warn\"", broken: true},
	{name: "lints_nowhere", text: "[workspace]\n[lints]\nworkspace = true", broken: true},
	{name: "profile_name", text: "[profile.\"a b\"]\ninherits = \"dev\"", broken: true},
	{name: "profile_reserved", text: "[profile.debug]", broken: true},
	{name: "profile_level", text: "[profile.dev]\nopt-level = \"fast\"", broken: true},
	{name: "profile_debug", text: "[profile.dev]\ndebug = 3", broken: true},
	{name: "profile_units", text: "[profile.dev]\ncodegen-units = -1", broken: true},
	{name: "profile_panic", text: "[profile.dev]\npanic = \"slowly\"", broken: true},
	{name: "profile_lto", text: "[profile.dev]\nlto = \"true\"", broken: true},
	{name: "profile_rustflags", text: "[profile.dev]\nrustflags = []", broken: true},
	{name: "profile_nested", text: "[profile.dev.package.a.build-override]", broken: true},
	{name: "profile_spec", text: "[profile.dev.package.\"a@x\"]", broken: true},
	{name: "profile_trim", text: "[profile.dev]\ntrim-paths = true", broken: true},
	{name: "profile_dir_name", text: "[profile.dev]\ndir-name = \"x\"", broken: true},
	{name: "profile_without_inherits", text: "[profile.custom]"},
	{name: "patch_and_replace", text: "[patch.crates-io]\n[replace]", broken: true},
	{name: "patch_without_source", text: "[patch.crates-io]\na = {}", broken: true},
	{name: "replace_version", text: "[replace]\n\"a:1.0.0\" = \"1\"", broken: true},
	{name: "replace_no_version", text: "[replace]\n\"a\" = { path = \"x\" }", broken: true},
	{name: "workspace_and_pointer", text: "workspace = \"..\"\n[workspace]", broken: true},
	{name: "workspace_pointer_unused", text: "workspace = \"../nowhere\""},
	{name: "workspace_optional", text: "[workspace.dependencies]\na = { version = \"1\", optional = true }", broken: true},
	{name: "workspace_members_type", text: "[workspace]\nmembers = \"x\"", broken: true},
	{name: "workspace_version", text: "[workspace.package]\nversion = \" 1.0.0\"", broken: true},
	{name: "inherit_missing_key", text: "license.workspace = true\n[workspace]\n[workspace.package]", broken: true},
	{name: "inherit_no_package_table", text: "license.workspace = true\n[workspace]", broken: true},
	{name: "inherit_nowhere", text: "license.workspace = true", broken: true},
	{name: "inherit_false", text: "license.workspace = false\n[workspace.package]\nlicense = \"MIT\"", broken: true},
	{name: "inherit_readme_none", text: "readme.workspace = true\n[workspace]", broken: true},
	{name: "inherit_off_2024", text: "edition = \"2024\"\n[workspace.dependencies]\na = \"1\"\n[dev-dependencies]\na = { workspace = true, default-features = false }", broken: true},
	{name: "inherit_off_2021", text: "edition = \"2021\"\n[workspace.dependencies]\na = \"1\"\n[dev-dependencies]\na = { workspace = true, default-features = false }"},
	{name: "platform", text: "[target.'cfg(']\n", broken: true},
	{name: "platform_words", text: "[target.'a b'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_name", text: "[target.'a-b.c_é'.dev-dependencies]\nx = \"1\""},
	{name: "platform_dot_json_path", text: "[target.'x/y.json'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_empty_name", text: "[target.''.dev-dependencies]\nx = \"1\""},
	{name: "platform_empty", text: "[target.'cfg()'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_spaces", text: "[target.'cfg( all ( a , b = \"c d\" , ) )'.dev-dependencies]\nx = \"1\""},
	{name: "platform_raw", text: "[target.'cfg(any(r#true, r#a = \"b\"))'.dev-dependencies]\nx = \"1\""},
	{name: "platform_raw_all", text: "[target.'cfg(r#all(a))'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_number", text: "[target.'cfg(9a)'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_rest", text: "[target.'cfg(a b)'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_open_string", text: "[target.'cfg(a = \"b)'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_all_alone", text: "[target.'cfg(all)'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_no_list", text: "[target.'cfg(any())'.dev-dependencies]\nx = \"1\""},
	{name: "platform_space_outside", text: "[target.' cfg(a)'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_nested", text: "[target.'cfg(all(not(windows), any(unix, target_os = \"x\"), feature = \"a\"))'.dev-dependencies]\nx = \"1\""},
	{name: "platform_not_two", text: "[target.'cfg(not(a, b))'.dev-dependencies]\nx = \"1\"", broken: true},
	{name: "platform_bool", text: "[target.'cfg(true)'.dev-dependencies]\nx = \"1\""},
	{name: "two_sources", text: "[dependencies]\nb = { path = \"../zz\", package = \"zz\" }\n[dev-dependencies]\nb = \"1\"", broken: true},
	{name: "git_url", text: "[dev-dependencies]\nb = { git = \"no url\" }", broken: true},
	{name: "registry_unknown", text: "[dev-dependencies]\nb = { version = \"1\", registry = \"nowhere\" }", broken: true},
	{name: "registry_crates_io", text: "[dev-dependencies]\nb = { version = \"1\", registry = \"crates-io\" }"},
	{name: "registry_unknown_not_inherited", text: "[workspace.dependencies]\nb = { version = \"1\", registry = \"nowhere\" }"},
	{name: "registry_unknown_patched", text: "[patch.crates-io]\nb = { version = \"1\", registry = \"nowhere\" }", broken: true},
	{name: "patch_source", text: "[patch.not-a-url]\na = \"1\"", broken: true},
	{name: "patch_source_url", text: "[patch.'https://a.b/c']\na = \"1\""},
	{name: "badge_type", text: "[badges]\na = { b = 1 }", broken: true},
	{name: "big_integer", text: "[package.metadata]\na = 9223372036854775808", broken: true},
	{name: "big_float", text: "[package.metadata]\na = 1e400", broken: true},
	{name: "date_impossible", text: "[package.metadata]\na = 2021-02-30", broken: true},
	{name: "leap_second", text: "[package.metadata]\na = 23:59:60", skip: "the TOML library refuses it"},
	{name: "year_zero", text: "[package.metadata]\na = 0000-01-01"},
	{name: "odd_zone", text: "[package.metadata]\na = 2021-01-01T00:00:00+23:59"},
	{name: "control_character", text: "[package.metadata]\na = \"\x01\"", broken: true},
	{name: "not_utf8", text: "[package.metadata]\na = \"\xff\"", broken: true},
	{name: "bare_cr", text: "[package.metadata]\na = 1\rb = 2", broken: true},
	{name: "nul", text: "[package.metadata]\na = 'x\x00'", broken: true},
	{name: "open_namespace", text: "![package]\nname = \"a::NAME\"\nversion = \"1.0.0\"\n", broken: true},
}

func (c candidate) pkg(i int) string { return fmt.Sprintf("c%d", i) }

// writeCandidates makes a tree with each candidate before its replacement.
func writeCandidates(t *testing.T, dir string) {
	t.Helper()
	for i, c := range candidates {
		name := c.pkg(i)
		text, whole := strings.CutPrefix(c.text, "!")
		if !whole {
			text = usual + c.text + "\n"
		}
		text = strings.ReplaceAll(text, "NAME", name)
		writePackage(t, filepath.Join(dir, "first"+name), text, c.files)
		second := "[package]\nname = \"NAME\"\nversion = \"1.0.0\"\ndescription = \"second\"\n"
		writePackage(t, filepath.Join(dir, "second"+name), strings.ReplaceAll(second, "NAME", name), "")
	}
	writePackage(t, filepath.Join(dir, "zz"), "[package]\nname = \"zz\"\nversion = \"1.0.0\"\n", "")
	writePackage(t, filepath.Join(dir, "withf"), "[package]\nname = \"withf\"\nversion = \"1.0.0\"\n[features]\nf = []\n", "")
}

func writePackage(t *testing.T, dir, text, files string) {
	t.Helper()
	writeBytes(t, filepath.Join(dir, "Cargo.toml"), []byte(text))
	for _, f := range append(strings.Fields(files), "src/lib.rs") {
		writeBytes(t, filepath.Join(dir, f), nil)
	}
}

func TestBroken(t *testing.T) {
	dir := t.TempDir()
	writeCandidates(t, dir)
	tree := manifest.NewTree(os.DirFS(dir))
	tree.Registries = func(string) bool { return false }
	for i, c := range candidates {
		t.Run(c.name, func(t *testing.T) {
			if c.skip != "" {
				t.Skip(c.skip)
			}
			f, err := tree.Find(c.pkg(i), "1.0.0")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.HasPrefix(f.Dir, "second"); got != c.broken {
				_, err := tree.Normalize(compat.Rule{}, "first"+c.pkg(i), []string{"src/lib.rs"})
				t.Errorf("broken: got %v, want %v: %v", got, c.broken, err)
			}
		})
	}
}
