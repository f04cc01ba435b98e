package workspace_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cargohome/internal/workspace"
)

func TestFindManifest(t *testing.T) {
	root := shape{tree: "pkg .\nfile a/b/x\nfile a/cargo.toml"}.build(t)
	got, err := workspace.FindManifest(filepath.Join(root, "a", "b"))
	if want := filepath.Join(root, "Cargo.toml"); err != nil || got != want {
		t.Errorf("FindManifest = %q, %v, want %q", got, err, want)
	}
}

func TestFindManifest_none(t *testing.T) {
	root := shape{tree: "dir a/b\nfile a/cargo.toml"}.build(t)
	_, err := workspace.FindManifest(filepath.Join(root, "a", "b"))
	var missing *workspace.NotFoundError
	if !errors.As(err, &missing) || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("FindManifest: %v, want a NotFoundError", err)
	}
	// On systems without case the search finds the file itself.
	if !strings.Contains(missing.Hint(), "rename") || filepath.Dir(missing.LowerCase) != filepath.Join(root, "a") {
		t.Errorf("hint %q, lower-case file %q", missing.Hint(), missing.LowerCase)
	}
}

// Seen with cargo 1.95: $PWD does not count.
func TestFindManifest_current_folder_is_a_link(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no $PWD")
	}
	root := shape{tree: "toml w [workspace]\npkg real\ndir real/x\nlink w/l ../real/x"}.build(t)
	t.Chdir(filepath.Join(root, "w", "l"))
	got, err := workspace.FindManifest(".")
	if want := filepath.Join(root, "real", "Cargo.toml"); err != nil || got != want {
		t.Errorf("FindManifest(\".\") = %q, %v, want %q", got, err, want)
	}
}

func TestCheckPath(t *testing.T) {
	root := shape{tree: "pkg .\nfile Foo.toml\nfile noext\nfile x.rs\ndir empty"}.build(t)
	t.Chdir(root)
	full := filepath.Join(root, "Cargo.toml")
	for _, path := range []string{"Cargo.toml", "./gone/../Cargo.toml", full, full + "/"} {
		if got, err := workspace.CheckPath(path); err != nil || got != full {
			t.Errorf("CheckPath(%q) = %q, %v, want %q", path, got, err, full)
		}
	}
	for path, want := range map[string]string{
		".":         "is a folder",
		"":          "is a folder",
		"empty":     "is a folder",
		"Foo.toml":  "not called Cargo.toml",
		"noext":     "not called Cargo.toml",
		"x.rs":      "not called Cargo.toml",
		"gone":      "does not exist",
		"empty/../": "is a folder",
	} {
		got, err := workspace.CheckPath(path)
		if !errors.Is(err, workspace.ErrManifestPath) || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckPath(%q) = %q, %v, want an error that says %q", path, got, err, want)
		}
	}
}

func TestCheckPath_hints(t *testing.T) {
	root := shape{tree: "pkg ."}.build(t)
	_, err := workspace.CheckPath(root)
	var hint *workspace.HintError
	if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "did you mean") {
		t.Errorf("CheckPath of a folder: %v, want a hint to the file in it", err)
	}
	if _, err := workspace.CheckPath(filepath.Join(root, "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("CheckPath of nothing: %v, want fs.ErrNotExist", err)
	}
}
