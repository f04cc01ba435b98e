package workspace_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/manifest"
	"cargohome/internal/workspace"
)

func TestErrors_kinds(t *testing.T) {
	for _, tt := range []struct {
		shape string
		want  error
	}{
		{"not_listed", workspace.ErrNotMember},
		{"pointer_missing", manifest.ErrWorkspace},
		{"pointer_to_plain_package", manifest.ErrWorkspace},
		{"nested_root_member", manifest.ErrWorkspace},
		{"same_names", manifest.ErrWorkspace},
		{"default_members_not_listed", manifest.ErrWorkspace},
		{"inherited_without_workspace", manifest.ErrWorkspace},
		{"glob_three_stars", workspace.ErrPattern},
		{"missing_member", fs.ErrNotExist},
		{"path_dep_outside_missing", fs.ErrNotExist},
	} {
		if _, _, err := named(t, tt.shape).find(t); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.shape, err, tt.want)
		}
	}
}

func named(t *testing.T, name string) shape {
	t.Helper()
	for _, s := range shapes {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no shape %q", name)
	return shape{}
}

// A hint is what a user can do; the two ways into a workspace differ.
func TestErrors_hints(t *testing.T) {
	for name, want := range map[string]string{
		"not_listed":                `add "b" to workspace.members`,
		"not_listed_no_members_key": "depend on it",
		"pointer_missing":           "package.workspace",
	} {
		_, _, err := named(t, name).find(t)
		var hint *workspace.HintError
		if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), want) {
			t.Errorf("%s: %v, want a hint that says %q", name, err, want)
		}
	}
}

func TestErrors_dependency(t *testing.T) {
	_, w, err := named(t, "path_dep_missing_alone").find(t)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.PathPackages()
	var dep *workspace.DependencyError
	if !errors.As(err, &dep) || dep.Name != "o" || dep.Manifest != w.Manifest || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("PathPackages: %v, want a DependencyError for o", err)
	}
}

func TestErrors_syntax(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		line int
		says string
	}{
		"toml":       {"[package]\nname = \"x\"\n\nversion = = 1\n", 4, ""},
		"type":       {"[package]\nname = 1\n", 2, `"package.name"`},
		"dep_type":   {"[package]\nname = \"x\"\n[target.x.dependencies]\na = { path = 1 }\n", 4, `"target.x.dependencies.a.path"`},
		"not_utf8":   {"[package]\nname = \"\xff\"\n", 2, ""},
		"conflict":   {"[package]\nname = \"x\"\n<<<<<<< HEAD\n", 3, ""},
		"bad_name":   {"[package]\nname = \"../x\"\n", 2, `"package.name"`},
		"bad_semver": {"[package]\nname = \"x\"\nversion = \"1\"\n", 3, `"package.version"`},
	} {
		path := filepath.Join(t.TempDir(), "Cargo.toml")
		write(t, path, tt.text)
		_, err := workspace.Find(path, "")
		var syntax *manifest.SyntaxError
		if !errors.As(err, &syntax) || syntax.Line != tt.line || syntax.File != path || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want a SyntaxError in line %d that says %q", name, err, tt.line, tt.says)
		}
	}
}

func TestLimits(t *testing.T) {
	const head = "[package]\nname = \"x\"\nmetadata."
	for name, text := range map[string]string{
		"size":     head + "a = 1\n" + strings.Repeat("#", 4<<20),
		"arrays":   head + "a = " + strings.Repeat("[", 2<<20),
		"tables":   head + "a = " + strings.Repeat("{a=", 1<<20),
		"keys":     head + strings.Repeat("a.", 2<<20),
		"headers":  "[" + strings.Repeat("a.", 1<<20) + "a]",
		"quoted":   head + strings.Repeat("'a'.", 1<<20) + "a = 1",
		"paths":    head + "a = {" + strings.Repeat("a.a.a.a.a.a.a.a = 1,", 1<<17),
		"in_lines": head + "a = [\n" + strings.Repeat("[\n", 1<<20),
	} {
		path := filepath.Join(t.TempDir(), "Cargo.toml")
		write(t, path, text)
		_, err := workspace.Find(path, "")
		if limit := (*manifest.LimitError)(nil); !errors.As(err, &limit) {
			t.Errorf("%s: %.200v, want a LimitError", name, err)
		}
	}
}

// Two links to the folder itself give as many paths to one manifest as one cares
// to follow.
func TestLimits_links(t *testing.T) {
	tree := "pkg . [workspace]|[dependencies]|x={path='l'}|y={path='m'}\nlink l .\nlink m ."
	if _, _, err := (shape{tree: tree, start: "."}).find(t); err == nil {
		t.Error("FindWorkspace took a package under two paths")
	}
}

// A few links to one folder do not make its manifest be read without end.
func TestLimits_total(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "real", "Cargo.toml"), "[package]\nname = \"x\"\nversion = \"1.0.0\"\n"+strings.Repeat("#", 1<<20-100))
	write(t, filepath.Join(dir, "Cargo.toml"), "[workspace]\nmembers = [\"d*\"]\n")
	for i := range 20 {
		if err := os.Symlink("real", filepath.Join(dir, fmt.Sprint("d", i))); err != nil {
			t.Skip("there are no links:", err)
		}
	}
	_, err := workspace.Find(filepath.Join(dir, "Cargo.toml"), "")
	if limit := (*manifest.LimitError)(nil); !errors.As(err, &limit) || limit.What != "bytes of manifests" {
		t.Errorf("%.200v, want a LimitError", err)
	}
}

func TestNotAFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "Cargo.toml"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := workspace.Find(filepath.Join(dir, "Cargo.toml"), ""); err == nil {
		t.Error("FindWorkspace took a folder for a manifest")
	}
}
