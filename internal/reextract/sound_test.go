package reextract

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
)

// What is said of an archive before its source goes is what unpacking it comes to.
func TestChecker(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, r *cargotest.Registry, path string)
		says  string // "" if it can be unpacked
	}{
		"sound": {func(*testing.T, *cargotest.Registry, string) {}, ""},
		"gone": {func(t *testing.T, _ *cargotest.Registry, path string) { check(t, os.Remove(path)) },
			"registry/cache has no archive of it"},
		"empty": {func(t *testing.T, _ *cargotest.Registry, path string) { check(t, os.Truncate(path, 0)) },
			"registry/cache has no archive of it"},
		"folder": {func(t *testing.T, _ *cargotest.Registry, path string) {
			check(t, errors.Join(os.Remove(path), os.Mkdir(path, 0o777)))
		},
			"registry/cache has no archive of it"},
		"torn": {func(t *testing.T, _ *cargotest.Registry, path string) { check(t, os.Truncate(path, 99)) }, "checksum"},
		"large": {func(t *testing.T, _ *cargotest.Registry, path string) {
			check(t, os.Truncate(path, archive.MaxSize+1))
		}, "larger than"},
		"another_package": {func(_ *testing.T, r *cargotest.Registry, _ string) {
			data := cargotest.Crate{Name: "b", Version: "1.0.0"}.Archive()
			r.AddArchive("a-1.0.0", data)
			r.AddLine("a", cargotest.Crate{Name: "a", Version: "1.0.0"}.IndexLine(cargotest.Checksum(data)))
		}, "lies outside the package's folder"},
		"unknown_to_the_index": {func(t *testing.T, r *cargotest.Registry, _ string) { check(t, os.RemoveAll(r.IndexDir())) }, ""},
		"unknown_and_torn": {func(t *testing.T, r *cargotest.Registry, path string) {
			check(t, errors.Join(os.RemoveAll(r.IndexDir()), os.Truncate(path, 99)))
		}, "malformed archive"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fixture := cargotest.NewHome(t, dir)
			fixture.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
			r := fixture.Registry(cargotest.CratesIO)
			c.spoil(t, r, r.ArchivePath("a-1.0.0"))
			h := home.New(dir)
			defer h.Close()
			err := new(Checker).Check(t.Context(), h, cargotest.CratesIO, crate.ID{Name: "a", Version: "1.0.0"})
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q in it", err, c.says)
			}
			if _, err := os.Lstat(filepath.Join(dir, "registry", "src")); err == nil {
				t.Error("something was written")
			}
			if name == "large" {
				return // which takes its time to unpack
			}
			_, unpackErr := everything(t, h, nil, false).Unpack(t.Context(), Options{})
			if _, there := os.Stat(h.SourceDir(cargotest.CratesIO, crate.ID{Name: "a", Version: "1.0.0"})); (err == nil) != (there == nil) {
				t.Errorf("unpacked it comes to %v (%v), before it was said %v", there, unpackErr, err)
			}
		})
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
