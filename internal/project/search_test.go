package project_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/project"
)

// cut is a project of which a package has a dependency of its own.
func cut(t *testing.T) (h *cargotest.Home, dir string) {
	h, dir = cargotest.NewHome(t, t.TempDir()), t.TempDir()
	h.Add(cargotest.Crate{Name: "z", Version: "1.0.0"}, cargotest.Crate{Name: "y", Version: "1.0.0"}, cargotest.Crate{Name: "a", Version: "1.0.0"})
	h.Add(cargotest.Crate{Name: "k", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "z", Req: "1"}}})
	h.WriteProject(dir, cargotest.Project{Name: "mine", Deps: []cargotest.Dep{{Name: "a"}, {Name: "k"}, {Name: "own", Req: "0.1.0", Path: true}, {Name: "y"}}})
	return h, dir
}

// Where manifest and index are at hand, a lockfile that was cut at any byte is refused,
// or names all that the whole one does.
func TestSearch_cut(t *testing.T) {
	h, dir := cut(t)
	path := filepath.Join(dir, "Cargo.lock")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := search(t, h, dir)
	for n := range whole {
		if err := os.WriteFile(path, whole[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		s := project.NewSearch(home.New(h.Dir))
		if err := s.Add(t.Context(), dir, dir); err == nil && len(s.Locks[0].Packages) != want {
			t.Errorf("cut at %d of %d: taken for whole\n%s", n, len(whole), whole[:n])
		}
	}
}

// search returns how many packages the lockfile lists.
func search(t *testing.T, h *cargotest.Home, dir string) int {
	t.Helper()
	s := project.NewSearch(home.New(h.Dir))
	if err := s.Add(t.Context(), dir, dir); err != nil {
		t.Fatal(err)
	}
	return len(s.Locks[0].Packages)
}

func TestSearch_unreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read all folders")
	}
	h, dir := cut(t)
	secret := filepath.Join(dir, "secret")
	if err := errors.Join(os.Mkdir(secret, 0), os.Symlink(filepath.Join(secret, "in"), filepath.Join(dir, "way"))); err != nil {
		t.Fatal(err)
	}
	s := project.NewSearch(home.New(h.Dir))
	err := s.Add(t.Context(), dir, "project")
	if err == nil || !strings.Contains(err.Error(), secret) || !errors.Is(err, os.ErrPermission) {
		t.Errorf("error %v", err)
	}
	if err := os.Remove(secret); err != nil { // the link then leads nowhere
		t.Fatal(err)
	}
	search(t, h, dir)
}

// A walk stops at once, and does not climb without end.
func TestSearch_bounds(t *testing.T) {
	h, dir := cut(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	s := project.NewSearch(home.New(h.Dir))
	if err := s.Add(ctx, dir, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: error %v", err)
	}
	deep := filepath.Join(dir, strings.Repeat("d/", 300))
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), dir, dir); err == nil || !strings.Contains(err.Error(), "nested more than 256 deep") {
		t.Errorf("error %v", err)
	}
}
