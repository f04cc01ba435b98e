package lastuse_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/cargotest"
	"cargohome/internal/lastuse"
)

func newHome(t *testing.T) *cargotest.Home {
	t.Helper()
	h := cargotest.NewHome(t, t.TempDir())
	h.Used("registry_index", "reg-0123456789abcdef", "", 5)
	h.Used("registry_src", "reg-0123456789abcdef", "a-1.0.0", 1)
	h.Used("registry_src", "reg-0123456789abcdef", "gone-1.0.0", 1)
	h.Used("registry_crate", "reg-0123456789abcdef", "a-1.0.0.crate", 2)
	h.Used("git_checkout", "dep-0123456789abcdef", "1234567", 3)
	return h
}

func TestRead(t *testing.T) {
	h := newHome(t)
	for _, locked := range []bool{false, true} {
		uses, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: locked})
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range map[lastuse.Key]int64{
			{Table: lastuse.Indexes, Folder: "reg-0123456789abcdef"}:                         5,
			{Table: lastuse.Sources, Folder: "reg-0123456789abcdef", Name: "a-1.0.0"}:        1,
			{Table: lastuse.Archives, Folder: "reg-0123456789abcdef", Name: "a-1.0.0.crate"}: 2,
			{Table: lastuse.Databases, Folder: "dep-0123456789abcdef"}:                       3,
			{Table: lastuse.Checkouts, Folder: "dep-0123456789abcdef", Name: "1234567"}:      3,
		} {
			if got, from := uses.Last(key, 99); got != want || from != lastuse.Cargo {
				t.Errorf("%v was used at %d by %s, want %d", key, got, from, want)
			}
		}
		if got, from := uses.Last(lastuse.Key{Table: lastuse.Sources, Folder: "x", Name: "y"}, 99); got != 99 || from != lastuse.Files {
			t.Errorf("what has no row was used at %d by %s", got, from)
		}
	}
}

func TestRead_nothing(t *testing.T) {
	uses, err := lastuse.Read(t.Context(), t.TempDir(), &lastuse.Options{Locked: true})
	if uses != nil || err != nil || uses.Origin() != lastuse.Files {
		t.Errorf("without a database: %v, %v", uses, err)
	}
	if err := lastuse.Forget(t.Context(), t.TempDir(), []lastuse.Key{{Table: lastuse.Sources}}); err != nil {
		t.Errorf("forgetting without a database: %v", err)
	}
}

var gone = []lastuse.Key{{Table: lastuse.Sources, Folder: "reg-0123456789abcdef", Name: "a-1.0.0"}}

// spoilers make a database of what Cargo wrote that it did not.
var spoilers = map[string]func(t *testing.T, h *cargotest.Home){
	"view": func(t *testing.T, h *cargotest.Home) {
		exec(t, h, "DROP TABLE registry_src", "CREATE VIEW registry_src AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS name FROM n")
	},
	"trigger": func(t *testing.T, h *cargotest.Home) {
		exec(t, h, "CREATE TRIGGER evil AFTER DELETE ON registry_src BEGIN DELETE FROM registry_index; END")
	},
	"write-ahead log": func(t *testing.T, h *cargotest.Home) { exec(t, h, "PRAGMA journal_mode = wal") },
	"text": func(t *testing.T, h *cargotest.Home) {
		replace(t, h, "no database, but long enough to be taken for one")
	},
	"nothing": func(t *testing.T, h *cargotest.Home) { replace(t, h, "") },
	"damage": func(t *testing.T, h *cargotest.Home) {
		data, err := os.ReadFile(filepath.Join(h.Dir, ".global-cache"))
		if err != nil {
			t.Fatal(err)
		}
		replace(t, h, string(data[:100])+strings.Repeat("\xff", len(data)-100))
	},
	"link": func(t *testing.T, h *cargotest.Home) {
		path := filepath.Join(h.Dir, ".global-cache")
		if err := errors.Join(os.Rename(path, path+"2"), os.Symlink(path+"2", path)); err != nil {
			t.Fatal(err)
		}
	},
	"generated column": func(t *testing.T, h *cargotest.Home) {
		exec(t, h, "DROP TABLE registry_crate", "DROP TABLE registry_src", "DROP TABLE registry_index",
			"CREATE TABLE registry_index (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT GENERATED ALWAYS AS (hex(zeroblob(450000000))), timestamp INTEGER NOT NULL)",
			"INSERT INTO registry_index (id, timestamp) VALUES (1, 1)")
	},
	"other table":   func(t *testing.T, h *cargotest.Home) { exec(t, h, "CREATE TABLE more (x)") },
	"other index":   func(t *testing.T, h *cargotest.Home) { exec(t, h, "CREATE INDEX more ON git_db (timestamp)") },
	"other version": func(t *testing.T, h *cargotest.Home) { exec(t, h, "PRAGMA user_version = 6") },
	"one column more": func(t *testing.T, h *cargotest.Home) {
		exec(t, h, "ALTER TABLE git_db ADD COLUMN more INTEGER", "PRAGMA user_version = 8")
	},
	"one table less": func(t *testing.T, h *cargotest.Home) { exec(t, h, "DROP TABLE registry_src") },
	"long name": func(t *testing.T, h *cargotest.Home) {
		exec(t, h, "INSERT INTO git_db (name, timestamp) VALUES (hex(zeroblob(200)), 1)")
	},
	"log beside it": func(t *testing.T, h *cargotest.Home) {
		if err := os.WriteFile(filepath.Join(h.Dir, ".global-cache-wal"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	},
	"journal that is a folder": func(t *testing.T, h *cargotest.Home) {
		if err := os.Mkdir(filepath.Join(h.Dir, ".global-cache-journal"), 0o777); err != nil {
			t.Fatal(err)
		}
	},
	"folder": func(t *testing.T, h *cargotest.Home) {
		path := filepath.Join(h.Dir, ".global-cache")
		if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o777)); err != nil {
			t.Fatal(err)
		}
	},
}

// What Cargo did not write is not read, nor written to.
func TestRead_foreign(t *testing.T) {
	for name, spoil := range spoilers {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			spoil(t, h)
			for _, locked := range []bool{false, true} {
				if _, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: locked}); err == nil {
					t.Error("it was read")
				}
			}
			if err := lastuse.Forget(t.Context(), h.Dir, gone); err == nil {
				t.Error("it was written to")
			}
		})
	}
}

func exec(t *testing.T, h *cargotest.Home, statements ...string) {
	t.Helper()
	db := h.LastUseDB()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, h *cargotest.Home, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.Dir, ".global-cache"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Rows go with what went, of children what is not there as well; all else stays.
func TestForget(t *testing.T) {
	h := newHome(t)
	for _, path := range []string{"registry/src/reg-0123456789abcdef/a-1.0.0", "registry/cache/reg-0123456789abcdef/a-1.0.0.crate", "git/checkouts/dep-0123456789abcdef/1234567"} {
		if err := os.MkdirAll(filepath.Join(h.Dir, filepath.FromSlash(path)), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	removed := []lastuse.Key{{Table: lastuse.Archives, Folder: "reg-0123456789abcdef", Name: "a-1.0.0.crate"}, {Table: lastuse.Databases, Folder: "dep-0123456789abcdef"}}
	if err := lastuse.Forget(t.Context(), h.Dir, removed); err != nil {
		t.Fatal(err)
	}
	want := []string{"registry_index reg-0123456789abcdef", "registry_src reg-0123456789abcdef/a-1.0.0"}
	if diff := cmp.Diff(want, h.LastUses()); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

// A newer Cargo's database is read as far as its tables are those known, and left alone.
func TestRead_newer(t *testing.T) {
	h := newHome(t)
	exec(t, h, "CREATE TABLE more (x)", "PRAGMA user_version = 8")
	uses, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: true})
	if err != nil || uses == nil {
		t.Errorf("it is not read: %v", err)
	}
	if err := lastuse.Forget(t.Context(), h.Dir, gone); !errors.Is(err, lastuse.ErrForeign) {
		t.Errorf("it is written to: %v", err)
	}
}

// A database that somebody is at is waited for, or not.
func TestRead_busy(t *testing.T) {
	h := newHome(t)
	db := h.LastUseDB()
	defer db.Close()
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	if _, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: true}); !errors.Is(err, lastuse.ErrBusy) {
		t.Errorf("error is %v, want ErrBusy", err)
	}
	waited := 0
	uses, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: true, Patience: time.Minute, Waiting: func() {
		waited++
		db.Close()
	}})
	if err != nil || uses == nil || waited != 1 {
		t.Errorf("%v after waiting %d times", err, waited)
	}
}

// A journal that names another file would have SQLite delete that.
func TestRead_journal_of_several_databases(t *testing.T) {
	h := newHome(t)
	victim := filepath.Join(h.Dir, "victim")
	journal := append(make([]byte, 1024), victim...)
	const magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
	database, err := os.Stat(filepath.Join(h.Dir, ".global-cache"))
	if err != nil {
		t.Fatal(err)
	}
	head := append([]byte(magic), make([]byte, 8)...) // no pages to put back
	for _, n := range []uint32{uint32(database.Size() / 4096), 512, 4096} {
		head = binary.BigEndian.AppendUint32(head, n)
	}
	copy(journal, head)
	var sum uint32
	for _, c := range []byte(victim) {
		sum += uint32(int8(c))
	}
	journal = binary.BigEndian.AppendUint32(journal, uint32(len(victim)))
	journal = binary.BigEndian.AppendUint32(journal, sum)
	journal = append(journal, magic...)
	for path, text := range map[string]string{victim: "x", filepath.Join(h.Dir, ".global-cache-journal"): string(journal)} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: true}); !errors.Is(err, lastuse.ErrForeign) {
		t.Errorf("error is %v, want ErrForeign", err)
	}
	if _, err := os.Stat(victim); err != nil {
		t.Error(err)
	}
}

// Marking adds rows with their folders, and makes old times new, as cargo does.
func TestMark(t *testing.T) {
	h := newHome(t)
	now := time.Unix(2_000_000_000, 0)
	h.Used("registry_crate", "reg-0123456789abcdef", "young-1.0.0.crate", now.Unix()-300)
	mark := func(table lastuse.Table, folder, name string, size int64) lastuse.Use {
		return lastuse.Use{Key: lastuse.Key{Table: table, Folder: folder, Name: name}, Size: size}
	}
	used := []lastuse.Use{
		mark(lastuse.Archives, "reg-0123456789abcdef", "a-1.0.0.crate", 7),
		mark(lastuse.Archives, "reg-0123456789abcdef", "young-1.0.0.crate", 7),
		mark(lastuse.Archives, "new-0123456789abcdef", "b-1.0.0.crate", 8),
		mark(lastuse.Sources, "new-0123456789abcdef", "b-1.0.0", 0),
		mark(lastuse.Databases, "other-0123456789abcdef", "", 0),
		mark(lastuse.Checkouts, "dep-0123456789abcdef", "1234567", 9),
	}
	if err := lastuse.Mark(t.Context(), h.Dir, used, now); err != nil {
		t.Fatal(err)
	}
	uses, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: true})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[lastuse.Key]int64{
		{Table: lastuse.Indexes, Folder: "reg-0123456789abcdef"}:                             now.Unix(),
		{Table: lastuse.Archives, Folder: "reg-0123456789abcdef", Name: "a-1.0.0.crate"}:     now.Unix(),
		{Table: lastuse.Archives, Folder: "reg-0123456789abcdef", Name: "young-1.0.0.crate"}: now.Unix() - 300,
		{Table: lastuse.Sources, Folder: "reg-0123456789abcdef", Name: "a-1.0.0"}:            1, // is left alone
		{Table: lastuse.Indexes, Folder: "new-0123456789abcdef"}:                             now.Unix(),
		{Table: lastuse.Archives, Folder: "new-0123456789abcdef", Name: "b-1.0.0.crate"}:     now.Unix(),
		{Table: lastuse.Sources, Folder: "new-0123456789abcdef", Name: "b-1.0.0"}:            now.Unix(),
		{Table: lastuse.Databases, Folder: "other-0123456789abcdef"}:                         now.Unix(),
		{Table: lastuse.Databases, Folder: "dep-0123456789abcdef"}:                           now.Unix(),
		{Table: lastuse.Checkouts, Folder: "dep-0123456789abcdef", Name: "1234567"}:          now.Unix(),
	} {
		if got, from := uses.Last(key, 99); got != want || from != lastuse.Cargo {
			t.Errorf("%v was used at %d by %s, want %d", key, got, from, want)
		}
	}
	db := h.LastUseDB()
	defer db.Close()
	var sizes string
	if err := db.QueryRow("SELECT group_concat(coalesce(size, 'unknown')) FROM (SELECT size FROM registry_crate WHERE name LIKE 'b-%' UNION ALL SELECT size FROM registry_src WHERE name LIKE 'b-%')").Scan(&sizes); err != nil || sizes != "8,unknown" {
		t.Errorf("sizes are %s, %v", sizes, err)
	}
}

// A database is not made, and one that is not cargo's is not written to.
func TestMark_elsewhere(t *testing.T) {
	used := []lastuse.Use{{Key: lastuse.Key{Table: lastuse.Databases, Folder: "other-0123456789abcdef"}}}
	dir := t.TempDir()
	if err := lastuse.Mark(t.Context(), dir, used, time.Now()); err != nil {
		t.Error(err)
	}
	if found, err := os.ReadDir(dir); err != nil || len(found) > 0 {
		t.Errorf("made: %v, %v", found, err)
	}
	h := newHome(t)
	exec(t, h, "CREATE TABLE more (x)", "PRAGMA user_version = 8")
	if err := lastuse.Mark(t.Context(), h.Dir, used, time.Now()); !errors.Is(err, lastuse.ErrForeign) {
		t.Errorf("error is %v, want ErrForeign", err)
	}
}
