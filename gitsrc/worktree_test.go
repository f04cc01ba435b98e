package gitsrc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/cargotest"
	"cargohome/internal/filelist"

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
	f := cargotest.NewRepo(h.t, files)
	f.Write(h.path("git", "db", name), packed)
	return f.Commit.String()
}

func source(t testing.TB, repo, commit string) crate.SourceID {
	t.Helper()
	src, err := crate.ParseSourceID("git+https://example.com/" + repo + "#" + commit)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (h *testHome) workTree(repo, commit string) *worktree.WorkTree {
	h.t.Helper()
	w, err := h.folder().WorkTree(h.t.Context(), source(h.t, repo, commit))
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

// show lists entries one per line, with the content of files.
func show(t testing.TB, w *worktree.WorkTree) string {
	t.Helper()
	var b strings.Builder
	for _, e := range w.Entries() {
		switch e.Kind {
		case filelist.Symlink:
			fmt.Fprintf(&b, "%s -> %s\n", e.Path, e.Target)
		case filelist.Submodule:
			fmt.Fprintf(&b, "%s/\n", e.Path)
		default:
			if err := w.UseFile(e.Path, func(data []byte) error {
				fmt.Fprintf(&b, "%s%s %q\n", e.Path, map[filelist.Kind]string{filelist.Executable: "*"}[e.Kind], data)
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
		var link *filelist.LinkError
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
	var missing *worktree.MissingError
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
	sub := cargotest.NewRepo(t, map[string]string{"s": "1"})
	sub.Write(h.path("git", "checkouts", "top-old", "1234567", "in", "sub", ".git"), true)
	top := h.db("top-old", true, map[string]string{"in/sub": "@ " + sub.Commit.String(), ".gitmodules": "[submodule \"a\"]\npath=in/sub\nurl=../gone\n"})
	if got := show(t, h.workTree("top", top)); !strings.Contains(got, "in/sub/s \"1\"\n") {
		t.Errorf("work tree:\n%s", got)
	}
	outside := t.TempDir()
	sub.Write(outside, true)
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
		if _, err := f.DB(source(t, "repo", ""), precise); !errors.Is(err, object.ErrPrecise) {
			t.Errorf("commit %q: %v, want object.ErrPrecise", precise, err)
		}
	}
	var missing *worktree.MissingError
	if _, err := f.DB(source(t, "repo", ""), other); !errors.As(err, &missing) || len(missing.Looked) != 2 {
		t.Errorf("commit of another repository: %v", err)
	}
	if _, err := f.DB(source(t, "nowhere", ""), other); !errors.As(err, &missing) || len(missing.Looked) != 0 {
		t.Errorf("no repository: %v", err)
	}
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

// Submodules that are nowhere are looked for in every checkout, which is counted.
func TestFolder_submodules(t *testing.T) {
	h := newHome(t)
	files, modules := map[string]string{}, ""
	for i := range 50 {
		files[fmt.Sprint("s", i)] = "@ " + strings.Repeat("1", 40)
		modules += fmt.Sprintf("[submodule \"s%d\"]\nurl=https://example.com/%d\n", i, i)
		if err := os.MkdirAll(h.path("git", "checkouts", "top-new", fmt.Sprintf("%07d", i)), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	files[".gitmodules"] = modules
	top := source(t, "top", h.db("top-new", true, files))
	f := h.folder()
	if _, err := f.WorkTree(t.Context(), top); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v", err)
	}
	leave(f.budget, 50*25*worktree.WorkPerSubmodule)
	if _, err := f.WorkTree(t.Context(), top); !exhausts(err) {
		t.Errorf("error %v", err)
	}
}

// leave has so many steps left of a budget.
func leave(b *object.Budget, steps int64) { b.GiveBack(steps - b.Left()) }

// exhausts says whether err is that of a bound on all work.
func exhausts(err error) bool {
	limit, ok := errors.AsType[*object.LimitError](err)
	return ok && strings.Contains(limit.What, "steps")
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
}

// indexFiles are entries that resemble each other, so that packs hold deltas.
func indexFiles() map[string]string {
	files := map[string]string{"config.json": `{"dl":"x"}`, "link": "-> config.json"}
	for i := range 30 {
		name := fmt.Sprintf("ab/c%d/abc%d", i%10, i)
		files[name] = strings.Repeat("one line of an entry file\n", 50+i) + name
	}
	return files
}
