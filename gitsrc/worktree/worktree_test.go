package worktree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"cargohome/gitsrc/object"
	"cargohome/internal/cargotest"
	"cargohome/internal/compat"
	"cargohome/internal/filelist"
	"cargohome/internal/packagelist"

	"github.com/go-git/go-git/v5/plumbing"
)

// open writes a repository and opens what it wrote.
func open(t testing.TB, f *cargotest.Repo) *object.DB {
	t.Helper()
	dir := t.TempDir()
	f.Write(dir, false)
	db, err := object.OpenDB(dir, dir, object.NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// leave has so many steps left of a budget.
func leave(b *object.Budget, steps int64) { b.GiveBack(steps - b.Left()) }

// exhausts says whether err is that of a bound on all work.
func exhausts(err error) bool {
	limit, ok := errors.AsType[*object.LimitError](err)
	return ok && strings.Contains(limit.What, "steps")
}

// Modes and names have an end, and what is behind a mode is not passed over.
func TestWorkTree_modes(t *testing.T) {
	for mode, ok := range map[string]bool{
		"100644": true, "0100644": true, "0000000000100644": true, "0000000000100644X": false,
		strings.Repeat("0", 100) + "100644": false, "100644X": false,
	} {
		f := cargotest.NewRepo(t, nil)
		commit := f.CommitOf(f.RawTree(mode + " a"))
		if _, err := New(t.Context(), open(t, f), commit, nil); (err == nil) != ok {
			t.Errorf("mode %.30q: %v, want ok %v", mode, err, ok)
		}
	}
}

// Rules are counted for all folders together, and the bytes of a set as often as they
// are looked at.
func TestWorkTree_attributes(t *testing.T) {
	rules := strings.Repeat("a eol\n", 1<<16)
	many := map[string]string{}
	for _, dir := range "abcdefghijklmnop" {
		many[string(dir)+"/.gitattributes"], many[string(dir)+"/f"] = rules, ""
	}
	set := map[string]string{".gitattributes": "*[" + strings.Repeat("a", 1<<20) + "]x text\n", strings.Repeat("b", 250): "", strings.Repeat("b", 251): ""}
	// The first of them is not too much.
	enough := map[string]int64{"many": 2 * workPerRuleByte * int64(len(rules)), "set": 2 * workPerRuleByte << 20}
	for name, files := range map[string]map[string]string{"many": many, "set": set} {
		f := cargotest.NewRepo(t, files)
		db := open(t, f)
		leave(db.Budget(), enough[name])
		if _, err := New(t.Context(), db, f.Commit.String(), nil); !exhausts(err) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Sections on one line are read one after the other; the rest of the line was looked
// through for each.
func TestParseModules_linear(t *testing.T) {
	start := time.Now()
	if _, err := parseModules("[a]\n" + strings.Repeat("[a]", maxModulesFile/3)); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

// What is read by name has a bound that files as such have not.
func TestWorkTree_text(t *testing.T) {
	f := cargotest.NewRepo(t, map[string]string{"large": strings.Repeat("x", MaxText+1), "small": "x"})
	w, err := New(t.Context(), open(t, f), f.Commit.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(w, "large"); err == nil {
		t.Error("more than MaxText bytes are read")
	}
	size := 0
	if err := w.UseFile("large", func(data []byte) error { size = len(data); return nil }); err != nil || size != MaxText+1 {
		t.Errorf("UseFile: %d bytes, %v", size, err)
	}
	if err := w.UseFile("gone", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("UseFile of what is not there: %v", err)
	}
	leave(w.budget, 511)
	if _, err := fs.ReadFile(w, "small"); !exhausts(err) {
		t.Errorf("with less than a byte of text is worth: %v", err)
	}
	leave(w.budget, 1<<30)
	mine := errors.New("mine")
	if err := w.UseFile("small", func([]byte) error { return mine }); err != mine {
		t.Errorf("UseFile: %v, want the error of the function", err)
	}
}

// When the context ends, so do the making of a work tree and its use.
func TestWorkTree_cancelled(t *testing.T) {
	f := cargotest.NewRepo(t, map[string]string{"Cargo.toml": "x", "d/e": ""})
	db := open(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	w, err := New(ctx, db, f.Commit.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := fs.ReadFile(w, "Cargo.toml"); !errors.Is(err, context.Canceled) {
		t.Errorf("ReadFile: %v", err)
	}
	if _, err := packagelist.List(compat.Rule{}, w, "", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v", err)
	}
	if _, err := db.Read(ctx, f.Blob("x"), plumbing.BlobObject, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if _, err := itemsOf(ctx, db, plumbing.ZeroHash, newQuota()); !errors.Is(err, context.Canceled) {
		t.Errorf("items: %v", err)
	}
}

func TestWorkTree_hostileTrees(t *testing.T) {
	for name, tt := range map[string]struct {
		entries []string
		refused string // the entry that is named, "" if none is
	}{
		"fine":         {[]string{"100644 a", "40000 b", "100664 c", "100755 d"}, ""},
		"unsorted":     {[]string{"40000 b", "100644 a"}, ""},
		"twice":        {[]string{"100644 a", "100644 a"}, "a"},
		"twice_apart":  {[]string{"100644 a", "100644 b", "100644 a"}, "a"},
		"clash":        {[]string{"100644 a", "100644 a.b", "40000 a"}, "a"},
		"folder_twice": {[]string{"40000 a", "40000 a"}, "a/inner"},
		"empty":        {[]string{"100644 "}, ""},
		"slash":        {[]string{"100644 a/b"}, "a/b"},
		"up":           {[]string{"40000 .."}, ".."},
		"git":          {[]string{"40000 .Git"}, ".Git"},
		"fifo":         {[]string{"10000 a"}, "a"},
		"no_type":      {[]string{"644 a"}, "a"},
	} {
		f := cargotest.NewRepo(t, nil)
		db := func() *object.DB {
			c := f.CommitOf(f.RawTree(tt.entries...))
			f.Commit = plumbing.NewHash(c)
			return open(t, f)
		}()
		w, err := New(t.Context(), db, f.Commit.String(), nil)
		var refused *EntryError
		switch {
		case name == "fine" || name == "unsorted":
			if err != nil || !slices.IsSortedFunc(w.Entries(), func(a, b filelist.Entry) int { return strings.Compare(a.Path, b.Path) }) {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.As(err, &refused) || refused.Path != tt.refused:
			t.Errorf("%s: %v, want %q refused", name, err, tt.refused)
		}
	}
}

// Small repositories that stand for large work trees.
func TestWorkTree_bombs(t *testing.T) {
	f := cargotest.NewRepo(t, nil)
	wide := f.Tree(map[string]string{"a": "", "b": "", "c": "", "d": "", "e": "", "f": "", "g": "", "h": ""})
	deep := f.Tree(map[string]string{"a": ""})
	for range 10 {
		var data []byte
		for i := range 8 {
			data = append(append(data, fmt.Sprintf("40000 %d\x00", i)...), wide[:]...)
		}
		wide = f.Object(plumbing.TreeObject, data)
	}
	for range maxDepth + 1 {
		deep = f.Object(plumbing.TreeObject, append([]byte("40000 a\x00"), deep[:]...))
	}
	deepCommit := f.CommitOf(deep)
	db := open(t, f)
	var limit *object.LimitError
	if _, err := itemsOf(t.Context(), db, wide, &quota{5000, maxNames}); !errors.As(err, &limit) {
		t.Errorf("wide: %v, want a LimitError", err)
	}
	if _, err := itemsOf(t.Context(), db, wide, &quota{maxEntries, 5000}); !errors.As(err, &limit) {
		t.Errorf("long: %v, want a LimitError", err)
	}
	if _, err := New(t.Context(), db, deepCommit, nil); !errors.As(err, &limit) {
		t.Errorf("deep: %v, want a LimitError", err)
	}
}

// Attributes that take exponential time to match are given up on.
func TestWorkTree_attributeBomb(t *testing.T) {
	f := cargotest.NewRepo(t, map[string]string{
		".gitattributes":              strings.Repeat(strings.Repeat("*a", 40)+"b text\n", 1000),
		strings.Repeat("a", 2000):     "",
		strings.Repeat("a", 2001):     "",
		strings.Repeat("/a", 200)[1:]: "",
	})
	var limit *object.LimitError
	if _, err := New(t.Context(), open(t, f), f.Commit.String(), nil); err != nil && !errors.As(err, &limit) {
		t.Errorf("error %v", err)
	}
}

// Where there is no link on the way, what is found at once is what is found name by name.
func TestWorkTree_findDirectly(t *testing.T) {
	f := cargotest.NewRepo(t, map[string]string{"dir/file": "x", "file": "x", "link": "-> dir", "loop": "-> loop", "out": "-> .."})
	w, err := New(t.Context(), open(t, f), f.Commit.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for _, name := range []string{".", "dir", "dir/file", "file", "link", "link/file", "link/none", "loop", "loop/a", "out", "out/file", "none", "none/file", "dir/none", "file/none", "dir/none/file"} {
		for _, last := range []bool{false, true} {
			want, wantErr := w.follow(name, last)
			known, err := w.findDirectly(name, last)
			if known {
				direct++
			}
			if known && (wantErr == nil) != (err == nil) || known && wantErr == nil && want != name || known && err != nil && !errors.Is(wantErr, fs.ErrNotExist) {
				t.Errorf("%q (%t): %v, want %q, %v", name, last, err, want, wantErr)
			}
			if got, err := w.find(name, last); err == nil && got != want || (err == nil) != (wantErr == nil) {
				t.Errorf("%q (%t): %q, %v, want %q, %v", name, last, got, err, want, wantErr)
			}
		}
	}
	if direct < 14 {
		t.Errorf("%d are found directly", direct)
	}
}
