package usage_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/usage"
)

const oldDep, newDep, depURL = "dep-48638b2340bb08d7", "dep-2cabe8440ae18435", "https://example.com/dep"

// An older repository goes only if the newer one can stand for it: if it has all of it, is
// sound, and nobody reads objects of the older one.
func TestNewPlan_superseded_repository(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, h *cargotest.Home)
		stays bool
	}{
		"the same": {func(*testing.T, *cargotest.Home) {}, false},
		"more in the newer one": {func(_ *testing.T, h *cargotest.Home) {
			h.AddRepository(newDep, depURL, map[string][]byte{"more": []byte("more")})
		}, false},
		"more in the older one": {func(_ *testing.T, h *cargotest.Home) {
			h.AddRepository(oldDep, depURL, map[string][]byte{"more": []byte("more")})
		}, true},
		"damaged": {func(t *testing.T, h *cargotest.Home) { write(t, anObject(t, h, newDep), "damaged") }, true},
		"borrowed": {func(t *testing.T, h *cargotest.Home) {
			if err := os.Remove(anObject(t, h, newDep)); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(h.Dir, "git", "db", newDep, "objects", "info", "alternates"), filepath.Join(h.Dir, "git", "db", oldDep, "objects")+"\n")
		}, true},
		"lent to a third": {func(t *testing.T, h *cargotest.Home) {
			h.AddRepository("other-0123456789abcdef", "https://example.com/other", map[string][]byte{"x": nil})
			write(t, filepath.Join(h.Dir, "git", "db", "other-0123456789abcdef", "objects", "info", "alternates"), filepath.Join(h.Dir, "git", "db", oldDep, "objects")+"\n")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := cargotest.NewHome(t, t.TempDir())
			for _, folder := range []string{oldDep, newDep} {
				h.AddRepository(folder, depURL, map[string][]byte{"f": []byte("f")})
			}
			tt.spoil(t, h)
			plan := supersededIn(t, h.Dir)
			if stays := len(plan.Removals) == 0; stays != tt.stays {
				t.Errorf("removed are %d, left %v", len(plan.Removals), plan.Spared)
			}
			if tt.stays && (len(plan.Spared) != 1 || !errors.Is(plan.Spared[0], usage.ErrOnlyThere)) {
				t.Errorf("left are %v", plan.Spared)
			}
		})
	}
}

// anObject is the file of an object of a repository.
func anObject(t *testing.T, h *cargotest.Home, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(h.Dir, "git", "db", name, "objects", "??", "*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("objects are %q, %v", found, err)
	}
	if err := os.Chmod(found[0], 0o666); err != nil {
		t.Fatal(err)
	}
	return found[0]
}

// supersededIn plans what goes with cargo before 1.85.
func supersededIn(t *testing.T, dir string) *usage.Plan {
	t.Helper()
	h := home.New(dir)
	defer h.Close()
	sel := all()
	sel.Kinds, sel.Orphans, sel.Broken, sel.Superseded = nil, false, false, h.Owners(nil)
	plan, err := usage.NewPlan(t.Context(), h, sel, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
