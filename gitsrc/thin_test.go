package gitsrc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/cargotest"
	"cargohome/internal/staging"

	"github.com/google/go-cmp/cmp"
)

const thinName = "dep-0123456789abcdef"

// thinHome has a repository with three commits, of which the second is returned, and
// the git folder.
func thinHome(t *testing.T) (dir, commit string, f *gitsrc.Folder) {
	t.Helper()
	dir = t.TempDir()
	h := cargotest.NewHome(t, dir)
	h.AddRepository(thinName, "https://example.com/dep", map[string][]byte{"old": bytes.Repeat([]byte("old"), 5000)})
	files := map[string][]byte{"empty": nil, "a/b/c/d": []byte("d"), "a/b2": []byte("b2"), "same": []byte("d")}
	for n := range 300 {
		files[fmt.Sprintf("many/%d", n)] = bytes.Repeat([]byte{byte(n)}, n*7)
	}
	commit = h.AddRepository(thinName, "https://example.com/dep", files)
	h.AddRepository(thinName, "https://example.com/dep", map[string][]byte{"new": []byte("new")})
	f = folderOf(t, dir)
	return dir, commit, f
}

func folderOf(t *testing.T, dir string) *gitsrc.Folder {
	t.Helper()
	f := gitsrc.NewFolder(dir, func(crate.SourceID) []string { return []string{thinName} })
	t.Cleanup(func() { f.Close() })
	return f
}

// contents reads all files of a commit.
func contents(t *testing.T, db *object.DB, commit string) map[string]string {
	t.Helper()
	w, err := worktree.New(t.Context(), db, commit, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	err = fs.WalkDir(w, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(w, path)
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func newTree(t *testing.T, path string) *staging.Writer {
	t.Helper()
	tree, err := staging.NewWriter(path)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestWriteThin(t *testing.T) {
	dir, commit, f := thinHome(t)
	thin := filepath.Join(dir, "git", "db", "thin-0123456789abcdef")
	if err := f.WriteThin(t.Context(), thinName, []string{commit}, newTree(t, thin)); err != nil {
		t.Fatal(err)
	}
	var got []map[string]string
	for _, name := range []string{filepath.Join(dir, "git", "db", thinName), thin} {
		db, err := object.OpenDB(name, dir, object.NewBudget())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		got = append(got, contents(t, db, commit))
	}
	if diff := cmp.Diff(got[0], got[1]); diff != "" || len(got[0]) != 304 {
		t.Errorf("%d files differ (-want +got):\n%s", len(got[0]), diff)
	}
	packs, _ := filepath.Glob(filepath.Join(thin, "objects", "pack", "*"))
	if len(packs) != 2 {
		t.Errorf("packs are %q", packs)
	}
	if urls := object.Remotes(thin); len(urls) != 1 || urls[0] != "https://example.com/dep" {
		t.Errorf("it was fetched from %q", urls)
	}
	if info, err := os.Stat(filepath.Join(thin, "refs")); err != nil || !info.IsDir() {
		t.Errorf("refs: %v", err)
	}
}

func TestWriteThin_failures(t *testing.T) {
	dir, commit, f := thinHome(t)
	missing := strings.Repeat("0", 39) + "1"
	if err := f.WriteThin(t.Context(), thinName, []string{commit, missing}, newTree(t, filepath.Join(dir, "x1"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a commit that is missing: %v", err)
	}
	if err := f.WriteThin(t.Context(), "none-0123456789abcdef", []string{commit}, newTree(t, filepath.Join(dir, "x2"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a repository that is missing: %v", err)
	}
	objects, _ := filepath.Glob(filepath.Join(dir, "git", "db", thinName, "objects", "??", "*"))
	for _, o := range objects {
		if !strings.Contains(o, commit[2:]) {
			_ = os.Chmod(o, 0o666)
			if err := os.Truncate(o, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := folderOf(t, dir).WriteThin(t.Context(), thinName, []string{commit}, newTree(t, filepath.Join(dir, "x3"))); !errors.Is(err, object.ErrDamaged) {
		t.Errorf("damaged objects: %v", err)
	}
}

// A checkout is rebuildable as long as all it takes is in git/db.
func TestRebuildable(t *testing.T) {
	dir, commit, f := thinHome(t)
	src, err := crate.ParseSourceID("git+https://example.com/dep#" + commit)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := f.Plan(t.Context(), []crate.SourceID{src}, nil)
	if err == nil {
		err = plan.Restore(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	need, err := f.Needs(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	want := &gitsrc.Need{Databases: []string{thinName}, Checkouts: []string{thinName + "/" + commit[:7]}, Commits: map[string][]string{thinName: {commit}}}
	if diff := cmp.Diff(want, need); diff != "" {
		t.Errorf("needs differ (-want +got):\n%s", diff)
	}
	if r, err := f.Rebuildable(t.Context(), thinName, commit[:7]); err != nil || r.Held != nil {
		t.Errorf("not rebuildable: %v", err)
	}
	blob, _ := filepath.Glob(filepath.Join(dir, "git", "db", thinName, "objects", "4b", "*")) // of "d"
	if len(blob) == 0 {
		t.Fatal("the blob is not where it should be")
	}
	if err := os.Remove(blob[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := folderOf(t, dir).Rebuildable(t.Context(), thinName, commit[:7]); !errors.Is(err, object.ErrDamaged) {
		t.Errorf("without a file's blob: %v", err)
	}
}
