package workspace_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/manifest"
	"cargohome/internal/workspace"
)

// describe writes a workspace as shapes do.
func describe(root string, w *workspace.Workspace) string {
	return rel(root, w.Root) + ": " + dirs(root, w.Members)
}

func dirs(root string, packages []*manifest.Manifest) string {
	var out []string
	for _, p := range packages {
		out = append(out, rel(root, p.Dir))
	}
	return strings.Join(out, " ")
}

func rel(root, path string) string {
	r, err := filepath.Rel(root, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(r)
}

func (s shape) find(t *testing.T) (root string, w *workspace.Workspace, err error) {
	t.Helper()
	root = s.build(t)
	w, err = workspace.Find(filepath.Join(root, filepath.FromSlash(s.start), "Cargo.toml"), s.homeIn(root))
	return root, w, err
}

func TestFindWorkspace_shapes(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			root, w, err := s.find(t)
			got := "error"
			if err == nil {
				got = strings.TrimSpace(describe(root, w))
			}
			if got != s.want {
				t.Errorf("got %q (%v), want %q", got, err, s.want)
			}
		})
	}
}

func TestPathPackages_shapes(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			root, w, err := s.find(t)
			if err != nil {
				t.Skip("not a workspace")
			}
			want := s.packages
			if want == "" {
				want = sorted(dirs(root, w.Members))
			}
			packages, err := w.PathPackages()
			got := "error"
			if err == nil {
				got = sorted(dirs(root, packages))
			}
			if got != sorted(want) {
				t.Errorf("got %q (%v), want %q", got, err, want)
			}
		})
	}
}

func sorted(list string) string {
	return strings.Join(slices.Sorted(slices.Values(strings.Fields(list))), " ")
}
