package object

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"

	"github.com/go-git/go-git/v5/plumbing"
)

func TestDB_alternates(t *testing.T) {
	home := t.TempDir()
	path := func(elem ...string) string { return filepath.Join(append([]string{home}, elem...)...) }
	outside := t.TempDir()
	files := map[string]string{"x": "1"}
	f := cargotest.NewRepo(t, files)
	f.Write(path("git", "db", "lender"), true)
	f.Write(outside, true)
	f.Write(path("elsewhere"), true)
	for name, tt := range map[string]struct {
		text string
		ok   bool
	}{
		"relative":  {"../../lender/objects\n", true},
		"absolute":  {path("git", "db", "lender", "objects"), true},
		"in_home":   {path("elsewhere", "objects"), true},
		"comment":   {"# comment\n\n/does/not/exist\n../../lender/objects\r\n", true},
		"itself":    {"../../NAME/objects\n../../lender/objects\n", true},
		"outside":   {outside + "/objects\n", false},
		"climbs":    {"../../../../../../../../../../" + outside + "/objects\n", false},
		"by_a_link": {path("link", "objects"), false},
		"too_many":  {strings.Repeat("../../lender/./objects\n", 3) + numbered(t, home, 40), false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := path("git", "db", name)
			writeIn(t, "", filepath.Join(dir, "objects", "info", "alternates"), strings.ReplaceAll(tt.text, "NAME", name))
			symlink(t, outside, path("link"))
			defer os.Remove(path("link"))
			db, err := OpenDB(dir, home, NewBudget())
			if err == nil {
				defer db.Close()
				err = db.Whole(t.Context(), f.Commit.String())
			}
			if (err == nil) != tt.ok {
				t.Errorf("error %v, want ok %v", err, tt.ok)
			}
		})
	}
}

// numbered makes folders of objects and returns lines that name them.
func numbered(t *testing.T, home string, n int) string {
	var b strings.Builder
	for i := range n {
		dir := filepath.Join(home, "n", fmt.Sprint(i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		b.WriteString(dir + "\n")
	}
	return b.String()
}

func TestCommit(t *testing.T) {
	f := cargotest.NewRepo(t, map[string]string{"x": "1"})
	blob := f.Blob("1").String()
	noTree := f.Object(plumbing.CommitObject, []byte("parent x\n")).String()
	dir := t.TempDir()
	f.Write(dir, false)
	db, err := OpenDB(dir, dir, NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if c, err := db.Commit(strings.ToUpper(f.Commit.String())); err != nil || c.Hash != f.Commit {
		t.Errorf("Commit = %v, %v", c, err)
	}
	for id, want := range map[string]error{
		strings.Repeat("1", 40): fs.ErrNotExist, "HEAD": ErrPrecise, blob: ErrDamaged, noTree: ErrDamaged,
	} {
		if _, err := db.Commit(id); !errors.Is(err, want) {
			t.Errorf("Commit(%q): %v, want %v", id, err, want)
		}
	}
	if _, err := OpenDB(filepath.Join(t.TempDir(), "x"), "", NewBudget()); !errors.Is(err, ErrNoDB) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenDB of nothing: %v", err)
	}
	if _, err := OpenDB(t.TempDir(), "", NewBudget()); !errors.Is(err, ErrNoDB) {
		t.Errorf("OpenDB of an empty folder: %v", err)
	}
}
