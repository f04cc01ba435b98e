//go:build linux

package cli_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"cargohome/internal/cargotest"
)

// marks lists a folder with all that the system notes of a change, but for what was
// only read.
func marks(t *testing.T, dir string) (lines []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		var s unix.Stat_t
		if err == nil {
			err = unix.Lstat(path, &s)
		}
		lines = append(lines, fmt.Sprintf("%s %d %o %d %d", path, s.Ino, s.Mode, s.Size, s.Ctim.Nano()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// Nothing is made, and nothing changed: no lock file, no journal, no folder of ours.
func TestDryRun_writes_nothing(t *testing.T) {
	for name, withDatabase := range map[string]bool{"new home": false, "home in use": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			h := cargotest.NewHome(t, filepath.Join(dir, "home"))
			h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
			commit := h.AddRepository("dep-0123456789abcdef", "https://example.com/dep", map[string][]byte{
				"Cargo.toml": []byte("[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"), "src/lib.rs": nil})
			h.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app", Deps: []cargotest.Dep{
				{Name: "a", Req: "1.0.0"}, {Name: "dep", Req: "1.0.0", Git: "https://example.com/dep#" + commit}}})
			if withDatabase {
				h.Used("registry_crate", cargotest.CratesIO, "a-1.0.0.crate", 1)
				for _, args := range [][]string{{"reextract"}, {"vendor"}} {
					if status, _, log := runRaw(t, dir, args...); status != 0 {
						t.Fatalf("%q ends with %d:\n%s", args, status, log)
					}
				}
			}
			before := marks(t, dir)
			for _, args := range [][]string{
				{"vendor", "-n"}, {"vendor", "-n", "--write-config"}, {"vendor", "-n", "elsewhere"}, {"reextract", "-n"}, {"reextract", "-n", "-f"},
				{"checkout", "-n"}, {"checkout", "-n", "-f"}, {"size"}, {"home"}, {"relink", "-n"}, {"relink", "-n", "--for", "1.84"}, {"size", "--top", "3", "--why", "."},
				{"clean", "-n", "--auto"}, {"clean", "-n", "--auto-expensive", "--older-than", "1d", "--keep", "."}, {"clean", "-n", "--ci", "Cargo.lock", "--thin-dbs"},
			} {
				if status, _, log := runRaw(t, dir, args...); status != 0 {
					t.Errorf("%q ends with %d:\n%s", args, status, log)
				}
				if diff := cmp.Diff(before, marks(t, dir)); diff != "" {
					t.Fatalf("%q changes something (-before +after):\n%s", args, diff)
				}
			}
		})
	}
}
