package reextract_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/reextract"
)

// registry/src, or a folder in it, can be a file system of its own.
func TestUnpack_mounted(t *testing.T) {
	cargotest.NotPortable(t, "what is mounted is not seen")
	for _, place := range []string{"registry/src", "registry/src/" + cargotest.CratesIO} {
		dir := t.TempDir()
		cargotest.NewHome(t, dir).Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
		at := filepath.Join(dir, filepath.FromSlash(place))
		if err := os.MkdirAll(at, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("none", at, "tmpfs", 0, ""); err != nil {
			t.Skipf("nothing can be mounted here: %v", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
		for _, force := range []bool{false, true} { // makes it, and replaces it
			h := home.New(dir)
			defer h.Close()
			plan, err := reextract.Everything(t.Context(), h, nil, force)
			if err != nil {
				t.Fatal(err)
			}
			results, err := plan.Unpack(t.Context(), reextract.Options{Leftover: func(err error) { t.Errorf("left over: %v", err) }})
			if err != nil || len(results) != 1 || results[0].Err != nil {
				t.Fatalf("%s, replaced %v: %v, %v", place, force, results, err)
			}
			if state, why := reextract.Look(plan.Items[0].Dir); state != reextract.Present {
				t.Errorf("%s, replaced %v: it is %s: %s", place, force, state, why)
			}
		}
		entries, err := os.ReadDir(at)
		if err != nil || len(entries) != 1 {
			t.Errorf("%s holds %v", place, entries)
		}
	}
}

// What appears where a source was missing is not touched.
func TestUnpack_appeared(t *testing.T) {
	dir := t.TempDir()
	cargotest.NewHome(t, dir).Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	h := home.New(dir)
	defer h.Close()
	plan, err := reextract.Everything(t.Context(), h, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(plan.Items[0].Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	thesis := filepath.Join(plan.Items[0].Dir, "thesis")
	if err := os.WriteFile(thesis, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	results, err := plan.Unpack(t.Context(), reextract.Options{})
	if err != nil || results[0].Err == nil {
		t.Errorf("unpacked over it: %v, %v", results, err)
	}
	if _, err := os.Stat(thesis); err != nil {
		t.Error(err)
	}
}
