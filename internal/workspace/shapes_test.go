package workspace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A shape is a small tree, written one entry a line ("|" is the end of a line of
// TOML):
//
//	pkg DIR [TOML]      DIR/Cargo.toml with a [package] named after DIR ("root"
//	                    for "."), TOML before it, and DIR/src/lib.rs
//	toml DIR TOML       DIR/Cargo.toml with this text alone
//	file PATH, dir PATH, link PATH TARGET
//
// want is the root and the members in order, "error" where cargo refuses, both
// seen from the folder start; packages is what PathPackages gives, if it is not
// the members.
type shape struct {
	name, tree, start, want string
	packages                string
	home                    string // the Cargo home, within the tree
	differs                 string // why PathPackages succeeds where cargo fails
}

func (s shape) build(t *testing.T) (root string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Join(root, "top") // what a shape puts beside its top stays in the test's folder
	mkdir(t, root)
	for line := range strings.Lines(s.tree) {
		if line = strings.TrimSpace(line); line != "" {
			buildLine(t, root, line)
		}
	}
	return root
}

func (s shape) homeIn(root string) string {
	if s.home == "" {
		return filepath.Join(root, "..", "home")
	}
	return filepath.Join(root, s.home)
}

func buildLine(t *testing.T, root, line string) {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	name, text, _ := strings.Cut(rest, " ")
	path := filepath.Join(root, filepath.FromSlash(name))
	text = strings.ReplaceAll(text, "|", "\n")
	switch verb {
	case "pkg":
		write(t, filepath.Join(path, "src", "lib.rs"), "")
		write(t, filepath.Join(path, "Cargo.toml"), pkgTOML(name, text))
	case "toml":
		write(t, filepath.Join(path, "src", "lib.rs"), "")
		write(t, filepath.Join(path, "Cargo.toml"), text)
	case "file":
		write(t, path, text)
	case "dir":
		mkdir(t, path)
	case "link":
		link(t, text, path)
	default:
		t.Fatalf("shape: %q", line)
	}
}

// pkgTOML puts the text first unless it begins with a table, so that it may add
// keys to [package] in front of "[package]"'s own.
func pkgTOML(dir, text string) string {
	name := filepath.Base(filepath.FromSlash(dir))
	if name == "." {
		name = "root"
	}
	head := "[package]\nname = \"" + strings.TrimLeft(name, ".") + "\"\nedition = \"2021\"\n"
	if !strings.Contains(text, "version") || !strings.HasPrefix(text, "version") {
		head += "version = \"0.1.0\"\n"
	}
	return head + text + "\n"
}

func write(t *testing.T, path, text string) {
	t.Helper()
	mkdir(t, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	mkdir(t, filepath.Dir(path))
	if err := os.Symlink(target, path); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

// shapes have their answers from cargo 1.95; the conformance test asks it again.
var shapes = []shape{
	{name: "alone", tree: "pkg .", start: ".", want: ".: ."},
	{name: "alone_below_a_plain_package", tree: "pkg .\npkg a", start: "a", want: "a: a"},
	{name: "root_with_member", tree: "pkg . [workspace]|members=['a']\npkg a", start: ".", want: ".: a ."},
	{name: "from_member", tree: "pkg . [workspace]|members=['a']\npkg a", start: "a", want: ".: a ."},
	{name: "virtual", tree: "toml . [workspace]|members=['b','a']\npkg a\npkg b", start: "a", want: ".: b a"},
	{name: "virtual_without_members", tree: "toml . [workspace]", start: ".", want: ".:"},
	{name: "not_listed", tree: "toml . [workspace]|members=['a']\npkg a\npkg b", start: "b", want: "error"},
	{name: "not_listed_no_members_key", tree: "pkg . [workspace]\npkg b", start: "b", want: "error"},
	{name: "listed_twice", tree: "toml . [workspace]|members=['./a','a','a/','b/../a']\npkg a", start: ".", want: ".: a"},
	{name: "missing_member", tree: "toml . [workspace]|members=['a']", start: ".", want: "error"},
	{name: "member_is_a_file", tree: "toml . [workspace]|members=['a']\nfile a", start: ".", want: ".:"},
	{name: "member_named_by_its_manifest", tree: "toml . [workspace]|members=['a/Cargo.toml']\npkg a", start: ".", want: ".:"},
	{name: "members_wrong_type", tree: "toml . [workspace]|members='a'\npkg a", start: ".", want: "error"},
	{name: "neither_table", tree: "toml . [dependencies]", start: ".", want: "error"},
	{name: "both_tables", tree: "toml . [package]|name='x'|workspace='.'|[workspace]", start: ".", want: "error"},
	{name: "virtual_with_dependencies", tree: "toml . [workspace]|[dependencies]", start: ".", want: "error"},
	{name: "key_in_upper_case", tree: "pkg . [Workspace]|members=['gone']", start: ".", want: ".: ."},
	{name: "project_table", tree: "toml . [project]|name='x'|version='1.2.3'", start: ".", want: ".: ."},
	{name: "package_beats_project", tree: "toml . [project]|name='x'|workspace='gone'|[package]|name='y'", start: ".", want: ".: ."},

	{name: "glob", tree: "toml . [workspace]|members=['crates/*']\npkg crates/b\npkg crates/a\npkg crates/.h\nfile crates/README", start: "crates/a", want: ".: crates/.h crates/a crates/b"},
	{name: "glob_matches_nothing", tree: "toml . [workspace]|members=['crates/*']\ndir crates", start: ".", want: "error"},
	{name: "glob_matches_only_files", tree: "toml . [workspace]|members=['crates/*']\nfile crates/a", start: ".", want: ".:"},
	{name: "glob_folder_without_manifest", tree: "toml . [workspace]|members=['crates/*']\npkg crates/a\ndir crates/b", start: ".", want: "error"},
	{name: "glob_folder_without_manifest_excluded", tree: "toml . [workspace]|members=['crates/*']|exclude=['crates/b']\npkg crates/a\ndir crates/b", start: ".", want: ".: crates/a"},
	{name: "glob_class", tree: "toml . [workspace]|members=['[a-b]','[!a-c]x']\npkg a\npkg b\npkg c\npkg cx\npkg dx", start: ".", want: ".: a b dx"},
	{name: "glob_class_bracket", tree: "toml . [workspace]|members=['x[]]']\ntoml x] [package]|name='x'", start: ".", want: ".: x]"},
	{name: "glob_question", tree: "toml . [workspace]|members=['a?']\npkg a\npkg ab\npkg é", start: ".", want: ".: ab"},
	{name: "glob_question_is_a_character", tree: "toml . [workspace]|members=['?']\npkg é\npkg ab", start: ".", want: ".: é"},
	{name: "glob_many_stars", tree: "toml . [workspace]|members=['*a*b*']\npkg xaxbx\npkg ab\npkg ba", start: ".", want: ".: ab xaxbx"},
	{name: "glob_recursive", tree: "toml . [workspace]|members=['c/**']\npkg c\npkg c/x\npkg c/x/z\npkg c/x/y", start: ".", want: "error"},
	{name: "glob_recursive_then_name", tree: "toml . [workspace]|members=['c/**/p*']\npkg c/p1\npkg c/x/p2\npkg c/x/y/p3\npkg c/q", start: ".", want: ".: c/p1 c/x/p2 c/x/y/p3"},
	{name: "glob_recursive_twice", tree: "toml . [workspace]|members=['**/**/p*']\npkg p1\npkg x/p2", start: ".", want: ".: p1 x/p2"},
	{name: "glob_recursive_in_a_name", tree: "toml . [workspace]|members=['a**']\npkg a", start: ".", want: "error"},
	{name: "glob_three_stars", tree: "toml . [workspace]|members=['***']\npkg a", start: ".", want: "error"},
	{name: "glob_open_class", tree: "toml . [workspace]|members=['a[']\npkg a", start: ".", want: "error"},
	{name: "glob_empty_class", tree: "toml . [workspace]|members=['a[]']\npkg a", start: ".", want: "error"},
	{name: "glob_backslash", tree: "toml . [workspace]|members=['a\\*']\npkg a", start: ".", want: "error"},
	{name: "glob_dot_star", tree: "toml . [workspace]|members=['a/.*']\npkg a\npkg a/.x", start: ".", want: ".: a a/.x"},
	{name: "glob_trailing_slash", tree: "toml . [workspace]|members=['c/*/']\npkg c/a\nfile c/b", start: ".", want: ".: c/a"},
	{name: "glob_through_link", tree: "toml . [workspace]|members=['c/*']\npkg a\nlink c/l ../a", start: ".", want: ".: c/l"},
	{name: "glob_dangling_link", tree: "toml . [workspace]|members=['c/*']\npkg c/a\nlink c/l gone", start: ".", want: ".: c/a"},
	{name: "glob_recursive_link_loop", tree: "toml . [workspace]|members=['c/**/p']\npkg c/p\nlink c/l .", start: ".", want: "error"},
	{name: "link_and_target", tree: "toml . [workspace]|members=['a','l']\npkg a\nlink l a", start: ".", want: "error"},
	{name: "link_to_outside", tree: "toml . [workspace]|members=['l']\npkg ../out\nlink l ../out", start: ".", want: ".: l"},
	{name: "glob_from_parent", tree: "toml w [workspace]|members=['../c/*']\npkg c/a package.workspace='../../w'", start: "w", want: "error"},
	{name: "glob_from_parent_with_pointer", tree: "toml w [workspace]|members=['../c/*']\npkg c/a workspace='../../w'", start: "c/a", want: "w: c/a"},
	{name: "bracket_in_root_folder", tree: "toml a[b] [workspace]|members=['c','d/*']\npkg a[b]/c\npkg a[b]/d/e", start: "a[b]", want: "error"},
	{name: "bracket_in_root_folder_no_pattern", tree: "toml a[b] [workspace]|members=['c']\npkg a[b]/c", start: "a[b]", want: "a[b]: a[b]/c"},
	{name: "open_bracket_in_root_folder", tree: "toml a[b [workspace]|members=['c']\npkg a[b/c", start: "a[b", want: "error"},

	{name: "exclude", tree: "toml . [workspace]|members=['a']|exclude=['b']\npkg a\npkg b", start: "b", want: "b: b"},
	{name: "exclude_prefix_of_name", tree: "toml . [workspace]|members=['a']|exclude=['b']\npkg a\npkg bc", start: "bc", want: "error"},
	{name: "exclude_within_glob", tree: "toml . [workspace]|members=['c/*']|exclude=['c/b']\npkg c/a\npkg c/b", start: ".", want: ".: c/a"},
	{name: "exclude_folder_of_glob", tree: "toml . [workspace]|members=['c/*']|exclude=['c']\npkg c/a", start: ".", want: ".:"},
	{name: "exclude_is_no_pattern", tree: "toml . [workspace]|members=['c/*']|exclude=['c/b*']\npkg c/a\npkg c/b", start: ".", want: ".: c/a c/b"},
	{name: "exclude_beaten_by_member", tree: "toml . [workspace]|members=['c/a']|exclude=['c']\npkg c/a\npkg c/b", start: ".", want: ".: c/a"},
	{name: "exclude_below_member", tree: "toml . [workspace]|members=['a']|exclude=['a/b']\npkg a\npkg a/b", start: "a/b", want: "error"},
	{name: "exclude_slashes_and_dots", tree: "toml . [workspace]|members=['a']|exclude=['.//b/.']\npkg a\npkg b/c", start: "b/c", want: "b/c: b/c"},
	{name: "exclude_with_parent", tree: "toml . [workspace]|members=['a']|exclude=['a/../b']\npkg a\npkg b", start: "b", want: "error"},
	{name: "exclude_all", tree: "toml . [workspace]|members=['a']|exclude=['.']\npkg a", start: ".", want: ".:"},
	{name: "exclude_all_from_member", tree: "pkg . [workspace]|members=['a']|exclude=['.']\npkg a", start: "a", want: "error"},
	{name: "exclude_all_root_package", tree: "pkg . [workspace]|members=['a']|exclude=['.']\npkg a", start: ".", want: ".: ."},
	{name: "exclude_empty", tree: "toml . [workspace]|members=['a']|exclude=['']\npkg a", start: ".", want: ".:"},

	{name: "pointer", tree: "toml w [workspace]|members=['../a']\npkg a workspace='../w'", start: "a", want: "w: a"},
	{name: "pointer_missing", tree: "toml w [workspace]|members=['../a']\npkg a", start: "w", want: "error"},
	{name: "pointer_to_nothing", tree: "pkg a workspace='../gone'", start: "a", want: "error"},
	{name: "pointer_to_plain_package", tree: "pkg w\npkg a workspace='../w'", start: "a", want: "error"},
	{name: "pointer_not_listed", tree: "toml w [workspace]\npkg a workspace='../w'", start: "a", want: "error"},
	{name: "pointer_below", tree: "pkg a workspace='w'\ntoml a/w [workspace]|members=['..']", start: "a", want: "a/w: a"},
	{name: "pointer_through_parent_text", tree: "toml w [workspace]|members=['../a']\npkg a workspace='gone/../../w'", start: "a", want: "w: a"},
	{name: "pointer_empty", tree: "pkg . workspace=''", start: ".", want: "error"},
	{name: "pointer_of_a_folder_above", tree: "pkg a workspace='../w'\npkg a/b\ntoml w [workspace]|members=['../a','../a/b']", start: "a/b", want: "w: a a/b"},
	{name: "pointer_elsewhere", tree: "toml . [workspace]|members=['a']\npkg a workspace='../w'\ntoml w [workspace]|members=['../a']", start: ".", want: "error"},

	{name: "nested_root_member", tree: "toml . [workspace]|members=['a']\npkg a [workspace]", start: ".", want: "error"},
	{name: "nested_root_between", tree: "toml . [workspace]|members=['a/b']\npkg a [workspace]\npkg a/b", start: "a/b", want: "error"},
	{name: "nested_root_between_from_top", tree: "toml . [workspace]|members=['a/b']\npkg a [workspace]\npkg a/b", start: ".", want: ".: a/b"},
	{name: "nested_workspace", tree: "toml . [workspace]|members=['a']|exclude=['n']\npkg a\ntoml n [workspace]|members=['b']\npkg n/b", start: "n/b", want: "n: n/b"},
	{name: "nested_workspace_path_dep", tree: "pkg . [workspace]|[dependencies]|b={path='n/b'}\ntoml n [workspace]|members=['b']\npkg n/b", start: ".", want: ".: . n/b"},
	{name: "nested_root_path_dep", tree: "pkg . [workspace]|[dependencies]|n={path='n'}\npkg n [workspace]", start: ".", want: "error"},
	{name: "broken_folder_between", tree: "toml . [workspace]|members=['a/b']\ntoml a nonsense\npkg a/b", start: "a/b", want: "error"},
	{name: "broken_folder_between_from_top", tree: "toml . [workspace]|members=['a/b']\ntoml a nonsense\npkg a/b", start: ".", want: ".: a/b"},
	{name: "same_names", tree: "toml . [workspace]|members=['a','b/a']\npkg a\npkg b/a", start: ".", want: "error"},

	{name: "path_dep_inside", tree: "pkg . [workspace]|[dependencies]|a={path='a'}\npkg a", start: "a", want: ".: . a"},
	{name: "path_dep_transitive", tree: "pkg . [workspace]|[dependencies]|a={path='a'}\npkg a [dependencies]|b={path='../b'}\npkg b", start: ".", want: ".: . a b"},
	{name: "path_dep_cycle", tree: "pkg . [workspace]|[dependencies]|a={path='a'}\npkg a [dev-dependencies]|root={path='..'}", start: ".", want: ".: . a"},
	{name: "path_dep_order", tree: "pkg . [workspace]|[target.'cfg(unix)'.dev_dependencies]|f={path='f'}|[target.'cfg(unix)'.build-dependencies]|e={path='e'}|[target.'cfg(unix)'.dependencies]|g={path='g'}|[dependencies]|d={path='d'}|c={path='c'}|[build_dependencies]|b={path='b'}|[dev-dependencies]|a={path='a'}\npkg a\npkg b\npkg c\npkg d\npkg e\npkg f\npkg g", start: ".", want: ".: . c d a b g e f"},
	{name: "path_dep_both_spellings", tree: "pkg . [workspace]|[dev-dependencies]|a={path='a'}|[dev_dependencies]|b={path='b'}\npkg a\npkg b", start: ".", want: ".: . a"},
	{name: "path_dep_excluded", tree: "pkg . [workspace]|exclude=['a']|[dependencies]|a={path='a'}\npkg a", start: ".", want: ".: .", packages: "a ."},
	{name: "path_dep_excluded_from_it", tree: "pkg . [workspace]|exclude=['a']|[dependencies]|a={path='a'}\npkg a", start: "a", want: "a: a"},
	{name: "path_dep_outside", tree: "pkg w [workspace]|[dependencies]|o={path='../o'}\npkg o [dependencies]|p={path='../p'}\npkg p", start: "w", want: "w: w", packages: "o p w"},
	{name: "path_dep_outside_with_pointer", tree: "pkg w [workspace]|[dependencies]|o={path='../o'}\npkg o workspace='../w'|[dependencies]|p={path='../p'}\npkg p", start: "w", want: "w: w o", packages: "o p w"},
	{name: "path_dep_outside_missing", tree: "pkg w [workspace]|[dependencies]|o={path='../o'}", start: "w", want: "error"},
	{name: "path_dep_missing_optional", tree: "pkg . [workspace]|[dependencies]|o={path='o',optional=true}", start: ".", want: "error"},
	{name: "path_dep_missing_alone", tree: "pkg . [dependencies]|o={path='o'}", start: ".", want: ".: .", packages: "error"},
	{name: "path_dep_on_virtual", tree: "pkg . [workspace]|exclude=['v']|[dependencies]|v={path='v'}\ntoml v [workspace]", start: ".", want: ".: .", packages: "error"},
	{name: "path_dep_and_git", tree: "pkg . [dependencies]|a={path='a',git='https://h/x'}\npkg a", start: ".", want: "error"},
	{name: "path_dep_of_nothing", tree: "pkg . [dependencies]|a={}", start: ".", want: "error"},
	{name: "path_dep_base", tree: "pkg . [dependencies]|a={path='a',base='workspace'}\npkg a", start: ".", want: "error"},
	{name: "path_dep_wrong_type", tree: "pkg . [dependencies]|a={path=1}\npkg a", start: ".", want: "error"},
	{name: "path_dep_through_text", tree: "pkg . [workspace]|[dependencies]|a={path='gone/../a'}\npkg a", start: ".", want: ".: . a"},
	{name: "path_dep_absent_kinds", tree: "pkg w [workspace]|[dependencies]|o={path='../o'}\npkg o [dev-dependencies]|x={path='../x'}|[dependencies]|y={path='../y',optional=true}", start: "w", want: "w: w", packages: "o w"},
	{name: "path_dep_absent_needed", tree: "pkg w [workspace]|[dependencies]|o={path='../o'}\npkg o [build-dependencies]|x={path='../x'}", start: "w", want: "w: w", packages: "error"},

	{name: "inherited_path", tree: "toml . [workspace]|members=['m/x']|[workspace.dependencies]|a={path='a'}\npkg m/x [dependencies]|a.workspace=true\npkg a", start: ".", want: ".: m/x a"},
	{name: "inherited_unused", tree: "toml . [workspace]|members=['x']|[workspace.dependencies]|a={path='gone'}\npkg x", start: ".", want: ".: x"},
	{name: "inherited_missing", tree: "toml . [workspace]|members=['x']\npkg x [dependencies]|a.workspace=true", start: ".", want: "error"},
	{name: "inherited_false", tree: "toml . [workspace]|members=['x']|[workspace.dependencies]|a='1'\npkg x [dependencies]|a.workspace=false", start: ".", want: "error"},
	{name: "inherited_own_path_ignored", tree: "toml . [workspace]|members=['x']|[workspace.dependencies]|a={path='a'}\npkg x [dependencies]|a={workspace=true,path='gone'}\npkg a", start: ".", want: ".: x a"},
	{name: "inherited_key_of_other_type", tree: "pkg . [workspace]|[dependencies]|a={workspace='yes',path='a'}\npkg a", start: ".", want: ".: . a"},
	{name: "inherited_without_workspace", tree: "pkg . [dependencies]|a.workspace=true", start: ".", want: "error"},
	{name: "inherited_version", tree: "toml . [workspace]|members=['x']|[workspace.package]|version='3.2.1-a+b'\npkg x version.workspace=true", start: "x", want: ".: x"},
	{name: "inherited_version_missing", tree: "toml . [workspace]|members=['x']\npkg x version.workspace=true", start: ".", want: "error"},
	{name: "inherited_version_false", tree: "toml . [workspace]|members=['x']|[workspace.package]|version='1.0.0'\npkg x version.workspace=false", start: ".", want: "error"},
	{name: "inherited_from_pointer", tree: "toml w [workspace]|members=['../x']|[workspace.package]|version='3.2.1'\npkg x version.workspace=true|workspace='../w'", start: "x", want: "w: x"},
	{name: "inherited_when_excluded", tree: "toml . [workspace]|members=['a']|exclude=['x']|[workspace.package]|version='3.2.1'\npkg a\npkg x version.workspace=true", start: "x", want: "error"},
	{name: "inherited_by_outside_package", tree: "pkg w [workspace]|[dependencies]|x={path='../v/x'}\ntoml v [workspace]|members=['x']|[workspace.package]|version='3.2.1'\npkg v/x version.workspace=true", start: "w", want: "w: w", packages: "w v/x"},
	{name: "bad_version", tree: "pkg . version='1.0'", start: ".", want: "error"},
	{name: "bad_workspace_version", tree: "toml . [workspace.package]|version='1.0'", start: ".", want: "error"},
	{name: "no_name", tree: "toml . [package]|version='1.0.0'", start: ".", want: "error"},
	{name: "no_version", tree: "toml . [package]|name='x'", start: ".", want: ".: ."},

	{name: "default_members", tree: "toml . [workspace]|members=['a']|default-members=['a']\npkg a", start: ".", want: ".: a"},
	{name: "default_members_not_listed", tree: "toml . [workspace]|members=['a']|default-members=['b']\npkg a\npkg b", start: ".", want: "error"},
	{name: "default_members_not_listed_from_member", tree: "toml . [workspace]|members=['a']|default-members=['b']\npkg a\npkg b", start: "a", want: ".: a"},
	{name: "default_members_excluded", tree: "toml . [workspace]|members=['a','b']|exclude=['b']|default-members=['a','b']\npkg a\npkg b", start: ".", want: ".: a b"},
	{name: "default_members_excluded_by_glob", tree: "toml . [workspace]|members=['c/*']|exclude=['c/b']|default-members=['c/*']\npkg c/a\npkg c/b", start: ".", want: ".: c/a"},

	{name: "patch_path", tree: "pkg . [patch.crates-io]|o={path='o'}\npkg o", start: ".", want: ".: .", packages: "o ."},
	{name: "patch_of_member_ignored", tree: "pkg . [workspace]|members=['a']\npkg a [patch.crates-io]|o={path='gone'}", start: ".", want: ".: a ."},
	{name: "patch_missing", tree: "pkg . [patch.crates-io]|o={path='gone'}", start: ".", want: ".: .", packages: "error"},
	{name: "replace_path", tree: "pkg . [replace]|'o:0.1.0'={path='o'}\npkg o", start: ".", want: ".: .", packages: "o ."},
	{name: "replace_missing", tree: "pkg . [replace]|'o:0.1.0'={path='gone'}", start: ".", want: ".: ."},
	{name: "patch_on_virtual", tree: "pkg . [patch.crates-io]|v={path='v'}\ntoml v [workspace]", start: ".", want: ".: .", packages: "error"},
	{name: "patch_with_missing_dep", tree: "pkg . [patch.crates-io]|o={path='o'}\npkg o [dependencies]|x={path='gone'}", start: ".", want: ".: .", packages: "o ."},
	{name: "patch_used", tree: "pkg . [dependencies]|o='0.1'|[patch.crates-io]|o={path='o'}\npkg o", start: ".", want: ".: .", packages: "o ."},
	{name: "patch_used_with_missing_dep", tree: "pkg . [dependencies]|o='0.1'|[patch.crates-io]|o={path='o'}\npkg o [dependencies]|x={path='gone'}", start: ".", want: ".: .", packages: "o .", differs: "cargo knows that the patch is used"},
	{name: "patch_in_package_of_virtual_root", tree: "toml . [workspace]|members=['a']|[patch.crates-io]|o={path='o'}\npkg a\npkg o", start: "a", want: ".: a", packages: "a o"},
	{name: "patch_in_outside_package_ignored", tree: "pkg w [dependencies]|o={path='../o'}\npkg o [patch.crates-io]|x={path='gone'}", start: "w", want: "w: w", packages: "o w"},
	{name: "dev_dep_missing_alone", tree: "pkg . [dev-dependencies]|o={path='o'}", start: ".", want: ".: .", packages: "error"},
	{name: "optional_dep_missing_alone", tree: "pkg . [dependencies]|o={path='o',optional=true}", start: ".", want: ".: .", packages: "error"},
	{name: "optional_dep_missing_excluded", tree: "pkg . [workspace]|exclude=['o']|[dependencies]|o={path='o',optional=true}", start: ".", want: ".: .", packages: "error"},
	{name: "target_dep_missing_alone", tree: "pkg . [target.'cfg(windows)'.dependencies]|o={path='o'}", start: ".", want: ".: .", packages: "error"},
	{name: "optional_dep_of_outside_wanted", tree: "pkg w [dependencies]|o={path='../o',features=['y']}\npkg o [dependencies]|y={path='../y',optional=true}\npkg y", start: "w", want: "w: w", packages: "o w y"},
	{name: "path_dep_absent_behind_optional", tree: "pkg w [dependencies]|o={path='../o'}\npkg o [dependencies]|y={path='../y',optional=true}\npkg y [dependencies]|z={path='../z'}", start: "w", want: "w: w", packages: "o w y"},
	{name: "path_dep_needed_twice", tree: "pkg w [dependencies]|o={path='../o'}|p={path='../p'}\npkg o [dev-dependencies]|y={path='../y'}\npkg p [dependencies]|y={path='../y'}\npkg y [dependencies]|z={path='../z'}", start: "w", want: "w: w", packages: "error"},
	{name: "path_dep_renamed", tree: "pkg w [dependencies]|q={path='../o',package='o'}\npkg o", start: "w", want: "w: w", packages: "o w"},
	{name: "path_dep_broken", tree: "pkg w [dependencies]|o={path='../o'}\ntoml o nonsense", start: "w", want: "w: w", packages: "error"},
	{name: "inherits_in_a_circle", tree: "pkg a version.workspace=true|workspace='../b'\npkg b version.workspace=true|workspace='../a'", start: "a", want: "error"},
	{name: "patch_and_replace", tree: "pkg . [patch.crates-io]|[replace]", start: ".", want: "error"},

	{name: "target_package", tree: "toml . [workspace]|members=['a']\npkg a\npkg target/package/x-0.1.0 name2='x'", start: "target/package/x-0.1.0", want: "error"},
	{name: "target_package_stop", tree: "toml . [workspace]|members=['a']\npkg a\ntoml target/package/x-1 [package]|name='x'", start: "target/package/x-1", want: "target/package/x-1: target/package/x-1"},
	{name: "target_package_member", tree: "toml . [workspace]|members=['target/package/x']\npkg target/package/x", start: "target/package/x", want: "target/package/x: target/package/x"},
	{name: "target_package_member_from_top", tree: "toml . [workspace]|members=['target/package/x']\npkg target/package/x", start: ".", want: ".: target/package/x"},
	{name: "home_stop", tree: "toml . [workspace]|members=['a']\npkg a\npkg h/r/s/x", start: "h/r/s/x", home: "h", want: "h/r/s/x: h/r/s/x"},
	{name: "home_itself", tree: "toml . [workspace]|members=['h']\npkg h", start: "h", home: "h", want: ".: h"},
	{name: "home_child", tree: "toml . [workspace]|members=['h/x']\npkg h/x", start: "h/x", home: "h", want: "h/x: h/x"},
	{name: "home_child_from_top", tree: "toml . [workspace]|members=['h/x']\npkg h/x", start: ".", home: "h", want: ".: h/x"},
	{name: "home_is_root", tree: "toml h [workspace]|members=['x']\npkg h/x", start: "h/x", home: "h", want: "h: h/x"},
	{name: "lower_case_manifest_only", tree: "file cargo.toml", start: ".", want: "error"},
	{name: "manifest_is_a_folder", tree: "dir Cargo.toml", start: ".", want: "error"},
	{name: "manifest_link", tree: "pkg a\nlink b/Cargo.toml ../a/Cargo.toml\nfile b/src/lib.rs", start: "b", want: "b: b"},
	{name: "toml_1_1", tree: "toml . [package]|name='x'|version='1.0.0'|metadata={|a=1,|}", start: ".", want: ".: ."},
	{name: "byte_order_mark", tree: "toml . \ufeff[package]|name='x'", start: ".", want: ".: ."},
	{name: "duplicate_key", tree: "toml . [package]|name='x'|name='y'", start: ".", want: "error"},
}
