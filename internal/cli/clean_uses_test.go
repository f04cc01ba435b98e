//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// spoiledDatabase makes a home with an archive that has old times, but was used just now
// as a database says that cannot be read.
func spoiledDatabase(t *testing.T, spoil func(t *testing.T, h *cargotest.Home)) (dir, archive string) {
	t.Helper()
	dir = t.TempDir()
	h := cargotest.NewHome(t, filepath.Join(dir, "home"))
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	archive = filepath.Join(h.Dir, "registry", "cache", cargotest.CratesIO, "a-1.0.0.crate")
	old := time.Now().Add(-1000 * time.Hour)
	if err := os.Chtimes(archive, old, old); err != nil {
		t.Fatal(err)
	}
	h.Used("registry_crate", cargotest.CratesIO, "a-1.0.0.crate", time.Now().Unix())
	spoil(t, h)
	if err := os.Mkdir(filepath.Join(dir, "app"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir, archive
}

func execute(t *testing.T, h *cargotest.Home, statements ...string) {
	t.Helper()
	db := h.LastUseDB()
	t.Cleanup(func() { db.Close() })
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

// Times of files are no evidence while there is a database that knows better.
func TestClean_database_that_cannot_be_read(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, h *cargotest.Home){
		"busy": func(t *testing.T, h *cargotest.Home) { execute(t, h, "BEGIN EXCLUSIVE") },
		"newer": func(t *testing.T, h *cargotest.Home) {
			execute(t, h, "ALTER TABLE registry_crate ADD COLUMN more INTEGER", "PRAGMA user_version = 8")
		},
		"damaged": func(t *testing.T, h *cargotest.Home) {
			if err := os.WriteFile(filepath.Join(h.Dir, ".global-cache"), []byte("no database, but long enough"), 0o666); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of its time it waits
			dir, archive := spoiledDatabase(t, spoil)
			for _, args := range [][]string{
				{"clean", "--archives", "--older-than", "1d"},
				{"clean", "--auto-expensive", "--until-size", "0"},
				{"clean", "--archives", "--older-than", "1d", "--dry-run"},
			} {
				status, _, log := runRaw(t, dir, args...)
				if status != 1 || !strings.Contains(log, "--file-times") || strings.Contains(log, "Blocking") != (name == "busy") {
					t.Errorf("%q ends with %d:\n%s", args, status, log)
				}
			}
			if _, err := os.Stat(archive); err != nil {
				t.Fatalf("the archive is gone: %v", err)
			}
			if status, _, log := runRaw(t, dir, "clean", "--auto", "--older-than", "1d"); status != 0 || !strings.Contains(log, "the times of files count") {
				t.Errorf("what can be rebuilt: %d\n%s", status, log)
			}
			runRaw(t, dir, "clean", "--archives", "--older-than", "1d", "--file-times")
			if _, err := os.Stat(archive); err == nil {
				t.Error("with --file-times the archive stays")
			}
		})
	}
}

// One that is busy is waited for.
func TestClean_database_busy_for_a_while(t *testing.T) {
	dir, archive := spoiledDatabase(t, func(t *testing.T, h *cargotest.Home) {
		db := h.LastUseDB()
		if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(200*time.Millisecond, func() { db.Close() })
	})
	status, _, log := runRaw(t, dir, "clean", "--archives", "--older-than", "1d")
	if status != 0 || !strings.Contains(log, "    Blocking waiting for file lock on last-use database\n") {
		t.Errorf("it ends with %d:\n%s", status, log)
	}
	if _, err := os.Stat(archive); err != nil {
		t.Errorf("what was used just now is gone: %v", err)
	}
}
