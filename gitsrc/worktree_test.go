package gitsrc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"cargohome/crate"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/google/go-cmp/cmp"
)

// testHome is a Cargo home whose repositories are named after their URLs' ends.
type testHome struct {
	t   testing.TB
	dir string
}

func newHome(t testing.TB) *testHome { return &testHome{t, t.TempDir()} }

func (h *testHome) path(elem ...string) string {
	return filepath.Join(append([]string{h.dir}, elem...)...)
}

func testNames(src crate.SourceID) []string {
	last := src.CanonicalURL()[strings.LastIndexByte(src.CanonicalURL(), '/')+1:]
	return []string{last + "-new", last + "-old"}
}

func (h *testHome) folder() *Folder {
	f := NewFolder(h.dir, testNames)
	h.t.Cleanup(func() { f.Close() })
	return f
}

// db makes a repository of files at git/db/NAME and returns its commit.
func (h *testHome) db(name string, packed bool, files map[string]string) string {
	f := newFixture(h.t, files)
	f.write(h.path("git", "db", name), packed)
	return f.commit.String()
}

func source(t testing.TB, repo, commit string) crate.SourceID {
	t.Helper()
	src, err := crate.ParseSourceID("git+https://example.com/" + repo + "#" + commit)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (h *testHome) workTree(repo, commit string) *WorkTree {
	h.t.Helper()
	w, err := h.folder().WorkTree(h.t.Context(), source(h.t, repo, commit))
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

// show lists entries one per line, with the content of files.
func show(t testing.TB, w *WorkTree) string {
	t.Helper()
	var b strings.Builder
	for i, e := range w.Entries() {
		switch e.Kind {
		case Symlink:
			fmt.Fprintf(&b, "%s -> %s\n", e.Path, e.Target)
		case Submodule:
			fmt.Fprintf(&b, "%s/\n", e.Path)
		default:
			if err := w.use(t.Context(), i, MaxBlob, func(data []byte) error {
				fmt.Fprintf(&b, "%s%s %q\n", e.Path, map[Kind]string{Executable: "*"}[e.Kind], data)
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
	}
	return b.String()
}

func TestWorkTree(t *testing.T) {
	for _, packed := range []bool{false, true} {
		h := newHome(t)
		leaf := h.db("leaf-new", packed, map[string]string{"l": "1\n"})
		sub := h.db("sub-old", packed, map[string]string{"s": "1\n", ".gitattributes": "* eol=crlf\n", "deep": "@ " + leaf, ".gitmodules": "[submodule \"d\"]\npath=deep\nurl=../leaf\n"})
		top := h.db("top-new", packed, map[string]string{
			"a*": "x", "link": "-> dir/b", "dir/b": "1\n", "sub": "@ " + sub, "sub-x": "", "sub.o": "", "skipped": "@ " + sub,
			".gitmodules": "[submodule \"s\"]\npath=sub\nurl=../sub\n[submodule \"n\"]\npath=skipped\nurl=../gone\nupdate=none\n",
		})
		want := `.gitmodules "[submodule \"s\"]\npath=sub\nurl=../sub\n[submodule \"n\"]\npath=skipped\nurl=../gone\nupdate=none\n"
a* "x"
dir/b "1\n"
link -> dir/b
sub/
sub-x ""
sub.o ""
sub/.cargo-ok ""
sub/.gitattributes "* eol=crlf\n"
sub/.gitmodules "[submodule \"d\"]\r\npath=deep\r\nurl=../leaf\r\n"
sub/deep/
sub/deep/.cargo-ok ""
sub/deep/l "1\n"
sub/s "1\r\n"
`
		w := h.workTree("top", top)
		if diff := cmp.Diff(want, show(t, w)); diff != "" {
			t.Errorf("packed %v (-want +got):\n%s", packed, diff)
		}
		if err := fstest.TestFS(w, "a", "dir/b", "link", "sub/.git", "sub/deep/.git", "sub/s", "skipped"); err != nil {
			t.Error(err)
		}
		if _, err := w.Stat(".git"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Stat(.git): %v", err)
		}
	}
}

// Many goroutines read one work tree.
func TestWorkTree_concurrent(t *testing.T) {
	h := newHome(t)
	w := h.workTree("top", h.db("top-new", true, indexFiles()))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for path, want := range indexFiles() {
				if strings.HasPrefix(want, "-> ") {
					continue
				}
				if got, err := fs.ReadFile(w, path); err != nil || string(got) != want {
					t.Errorf("ReadFile(%q) = %d bytes, %v, want %d", path, len(got), err, len(want))
				}
			}
		})
	}
	wg.Wait()
}

func TestWorkTree_links(t *testing.T) {
	h := newHome(t)
	w := h.workTree("top", h.db("top-new", true, map[string]string{
		"d/e/f": "1", "to_dir": "-> d/e", "to_file": "-> ./d//e/f", "d/up": "-> ..", "back": "-> to_dir/../e/f", "d/e/chain": "-> ../../to_file",
		"loop": "-> loop", "a": "-> b", "b": "-> a", "broken": "-> nothing", "out": "-> ..", "out2": "-> d/../../x", "abs": "-> /etc/passwd", "d/e/out3": "-> ../../../x",
		"below_file": "-> d/e/f/x",
	}))
	for _, tt := range []struct{ path, want string }{
		{"d/e/f", "1"}, {"to_dir/f", "1"}, {"to_file", "1"}, {"d/up/d/e/f", "1"}, {"back", "1"}, {"to_dir/chain", "1"},
	} {
		if got, err := w.ReadFile(tt.path); err != nil || string(got) != tt.want {
			t.Errorf("ReadFile(%q) = %q, %v, want %q", tt.path, got, err, tt.want)
		}
	}
	for _, path := range []string{"out", "out/x", "out2", "abs", "d/e/out3"} {
		var link *LinkError
		if _, err := w.Open(path); !errors.As(err, &link) {
			t.Errorf("Open(%q): %v, want a LinkError", path, err)
		}
	}
	for _, path := range []string{"broken", "below_file", "nothing", "d/e/f/x", "d/e/f/."} {
		if _, err := w.Open(path); err == nil || path != "d/e/f/." && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q): %v, want fs.ErrNotExist", path, err)
		}
	}
	for _, path := range []string{"loop", "a"} {
		if _, err := w.Open(path); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q): %v", path, err)
		}
	}
	if target, err := w.ReadLink("out"); err != nil || target != ".." {
		t.Errorf("ReadLink = %q, %v", target, err)
	}
}

// All that is missing is said at once.
func TestWorkTree_missing(t *testing.T) {
	h := newHome(t)
	gone := strings.Repeat("1", 40)
	h.db("there-new", true, map[string]string{"x": ""})
	top := h.db("top-new", true, map[string]string{
		"a": "@ " + gone, "b/c": "@ " + gone,
		".gitmodules": "[submodule \"a\"]\npath=a\nurl=https://user:secret@example.com/gone\n[submodule \"b\"]\npath=b/c\nurl=../there\n",
	})
	_, err := h.folder().WorkTree(t.Context(), source(t, "top", top))
	var missing *MissingError
	if !errors.As(err, &missing) || !errors.Is(err, fs.ErrNotExist) || missing.Submodule != "a" || missing.Commit != gone {
		t.Fatalf("error %v", err)
	}
	want := "submodule \"a\", https://***@example.com/gone: its repository is not in the Cargo home\n" +
		"submodule \"b/c\", https://example.com/there: commit " + gone + " is not in " + h.path("git", "db", "there-new")
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

// Up to Cargo 1.93 the objects of a submodule are only in another checkout.
func TestFolder_oldSubmodule(t *testing.T) {
	h := newHome(t)
	sub := newFixture(t, map[string]string{"s": "1"})
	sub.write(h.path("git", "checkouts", "top-old", "1234567", "in", "sub", ".git"), true)
	top := h.db("top-old", true, map[string]string{"in/sub": "@ " + sub.commit.String(), ".gitmodules": "[submodule \"a\"]\npath=in/sub\nurl=../gone\n"})
	if got := show(t, h.workTree("top", top)); !strings.Contains(got, "in/sub/s \"1\"\n") {
		t.Errorf("work tree:\n%s", got)
	}
	outside := t.TempDir()
	sub.write(outside, true)
	os.RemoveAll(h.path("git", "checkouts", "top-old", "1234567", "in", "sub", ".git"))
	symlink(t, outside, h.path("git", "checkouts", "top-old", "1234567", "in", "sub", ".git"))
	if _, err := h.folder().WorkTree(t.Context(), source(t, "top", top)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link out of the checkout was followed: %v", err)
	}
}

func TestFolder_DB(t *testing.T) {
	h := newHome(t)
	id := h.db("repo-old", true, map[string]string{"x": "1"})
	h.db("repo-new", true, map[string]string{"x": "2"}) // without the commit
	other := h.db("named-as-ever-it-was", false, map[string]string{"x": "3"})
	writeFile(t, h.path("git", "db", "named-as-ever-it-was", "FETCH_HEAD"), other+"\t\thttps://example.com/some\n")
	f := h.folder()
	for _, tt := range []struct{ repo, commit, want string }{
		{"repo", id, "repo-old"}, {"repo.git", strings.ToUpper(id), "repo-old"}, {"some.git", other, "named-as-ever-it-was"},
	} {
		db, err := f.DB(source(t, tt.repo, ""), tt.commit)
		if err != nil || db.Dir() != h.path("git", "db", tt.want) {
			t.Errorf("DB(%s) = %v, %v, want %s", tt.repo, db, err, tt.want)
		}
	}
	for _, precise := range []string{"", "main", id[:39], id + "0", strings.Repeat("g", 40), "../../../etc"} {
		if _, err := f.DB(source(t, "repo", ""), precise); !errors.Is(err, ErrPrecise) {
			t.Errorf("commit %q: %v, want ErrPrecise", precise, err)
		}
	}
	var missing *MissingError
	if _, err := f.DB(source(t, "repo", ""), other); !errors.As(err, &missing) || len(missing.Looked) != 2 {
		t.Errorf("commit of another repository: %v", err)
	}
	if _, err := f.DB(source(t, "nowhere", ""), other); !errors.As(err, &missing) || len(missing.Looked) != 0 {
		t.Errorf("no repository: %v", err)
	}
}

func TestDB_alternates(t *testing.T) {
	h := newHome(t)
	outside := t.TempDir()
	files := map[string]string{"x": "1"}
	f := newFixture(t, files)
	f.write(h.path("git", "db", "lender"), true)
	f.write(outside, true)
	f.write(h.path("elsewhere"), true)
	for name, tt := range map[string]struct {
		text string
		ok   bool
	}{
		"relative":  {"../../lender/objects\n", true},
		"absolute":  {h.path("git", "db", "lender", "objects"), true},
		"in_home":   {h.path("elsewhere", "objects"), true},
		"comment":   {"# comment\n\n/does/not/exist\n../../lender/objects\r\n", true},
		"itself":    {"../../NAME/objects\n../../lender/objects\n", true},
		"outside":   {outside + "/objects\n", false},
		"climbs":    {"../../../../../../../../../../" + outside + "/objects\n", false},
		"by_a_link": {h.path("link", "objects"), false},
		"too_many":  {strings.Repeat("../../lender/./objects\n", 3) + numbered(h, 40), false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := h.path("git", "db", name)
			writeFile(t, filepath.Join(dir, "objects", "info", "alternates"), strings.ReplaceAll(tt.text, "NAME", name))
			symlink(t, outside, h.path("link"))
			defer os.Remove(h.path("link"))
			db, err := OpenDB(dir, h.dir)
			if err == nil {
				defer db.Close()
				_, err = db.WorkTree(t.Context(), f.commit.String(), nil)
			}
			if (err == nil) != tt.ok {
				t.Errorf("error %v, want ok %v", err, tt.ok)
			}
		})
	}
}

// numbered makes folders of objects and returns lines that name them.
func numbered(h *testHome, n int) string {
	var b strings.Builder
	for i := range n {
		dir := h.path("n", fmt.Sprint(i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			h.t.Fatal(err)
		}
		b.WriteString(dir + "\n")
	}
	return b.String()
}

// A repository's own configuration and hooks have no say.
func TestDB_configIgnored(t *testing.T) {
	h := newHome(t)
	id := h.db("top-new", true, map[string]string{"x": "1\n", "y": "2\n"})
	writeFile(t, h.path("git", "db", "top-new", "config"), "[core]\nautocrlf = true\neol = crlf\nattributesFile = "+h.path("attrs")+"\nworktree = /\nfsmonitor = touch x\n[include]\npath = nowhere\n[")
	writeFile(t, h.path("attrs"), "* eol=crlf\n")
	writeFile(t, h.path("git", "db", "top-new", "info", "attributes"), "* eol=crlf\n")
	writeFile(t, h.path("git", "db", "top-new", "hooks", "post-checkout"), "#!/bin/sh\ntouch "+h.path("ran")+"\n")
	if got, want := show(t, h.workTree("top", id)), "x \"1\\n\"\ny \"2\\n\"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// rawTree stores a tree of entries as they are, in their order.
func (f *fixture) rawTree(entries ...string) plumbing.Hash {
	var data []byte
	for _, e := range entries {
		mode, name, _ := strings.Cut(e, " ")
		h := f.blob("x")
		if mode == "40000" {
			h = f.tree(map[string]string{"inner": "x"})
		}
		data = append(append(data, mode+" "+name+"\x00"...), h[:]...)
	}
	return f.object(plumbing.TreeObject, data)
}

func (f *fixture) object(typ plumbing.ObjectType, data []byte) plumbing.Hash {
	o := f.mem.NewEncodedObject()
	o.SetType(typ)
	w, _ := o.Writer()
	w.Write(data)
	h, _ := f.mem.SetEncodedObject(o)
	return h
}

func (f *fixture) commitOf(tree plumbing.Hash) string {
	return f.object(plumbing.CommitObject, []byte("tree "+tree.String()+"\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\nc\n")).String()
}

// open writes the fixture and opens what it wrote.
func (f *fixture) open(t testing.TB) *DB {
	t.Helper()
	dir := t.TempDir()
	f.write(dir, false)
	db, err := OpenDB(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
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
		f := newFixture(t, nil)
		db := func() *DB {
			c := f.commitOf(f.rawTree(tt.entries...))
			f.commit = plumbing.NewHash(c)
			return f.open(t)
		}()
		w, err := db.WorkTree(t.Context(), f.commit.String(), nil)
		var refused *EntryError
		switch {
		case name == "fine" || name == "unsorted":
			if err != nil || !slices.IsSortedFunc(w.Entries(), func(a, b Entry) int { return strings.Compare(a.Path, b.Path) }) {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.As(err, &refused) || refused.Path != tt.refused:
			t.Errorf("%s: %v, want %q refused", name, err, tt.refused)
		}
	}
}

// Small repositories that stand for large work trees.
func TestWorkTree_bombs(t *testing.T) {
	f := newFixture(t, nil)
	wide := f.tree(map[string]string{"a": "", "b": "", "c": "", "d": "", "e": "", "f": "", "g": "", "h": ""})
	deep := f.tree(map[string]string{"a": ""})
	for range 10 {
		var data []byte
		for i := range 8 {
			data = append(append(data, fmt.Sprintf("40000 %d\x00", i)...), wide[:]...)
		}
		wide = f.object(plumbing.TreeObject, data)
	}
	for range maxDepth + 1 {
		deep = f.object(plumbing.TreeObject, append([]byte("40000 a\x00"), deep[:]...))
	}
	deepCommit := f.commitOf(deep)
	db := f.open(t)
	var limit *LimitError
	if _, err := db.store.items(t.Context(), wide, &quota{5000, maxNames}); !errors.As(err, &limit) {
		t.Errorf("wide: %v, want a LimitError", err)
	}
	if _, err := db.store.items(t.Context(), wide, &quota{maxEntries, 5000}); !errors.As(err, &limit) {
		t.Errorf("long: %v, want a LimitError", err)
	}
	if _, err := db.WorkTree(t.Context(), deepCommit, nil); !errors.As(err, &limit) {
		t.Errorf("deep: %v, want a LimitError", err)
	}
}

// Attributes that take exponential time to match are given up on.
func TestWorkTree_attributeBomb(t *testing.T) {
	f := newFixture(t, map[string]string{
		".gitattributes":              strings.Repeat(strings.Repeat("*a", 40)+"b text\n", 1000),
		strings.Repeat("a", 2000):     "",
		strings.Repeat("a", 2001):     "",
		strings.Repeat("/a", 200)[1:]: "",
	})
	var limit *LimitError
	if _, err := f.open(t).WorkTree(t.Context(), f.commit.String(), nil); err != nil && !errors.As(err, &limit) {
		t.Errorf("error %v", err)
	}
}

func TestCommit(t *testing.T) {
	f := newFixture(t, map[string]string{"x": "1"})
	blob := f.blob("1").String()
	noTree := f.object(plumbing.CommitObject, []byte("parent x\n")).String()
	db := f.open(t)
	if c, err := db.Commit(strings.ToUpper(f.commit.String())); err != nil || c.ID != f.commit.String() {
		t.Errorf("Commit = %v, %v", c, err)
	}
	for id, want := range map[string]error{
		strings.Repeat("1", 40): fs.ErrNotExist, "HEAD": ErrPrecise, blob: ErrDamaged, noTree: ErrDamaged,
	} {
		if _, err := db.Commit(id); !errors.Is(err, want) {
			t.Errorf("Commit(%q): %v, want %v", id, err, want)
		}
	}
	if _, err := OpenDB(filepath.Join(t.TempDir(), "x"), ""); !errors.Is(err, ErrNoDB) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenDB of nothing: %v", err)
	}
	if _, err := OpenDB(t.TempDir(), ""); !errors.Is(err, ErrNoDB) {
		t.Errorf("OpenDB of an empty folder: %v", err)
	}
}
