package gitsrc

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/cargotest"

	"github.com/google/go-cmp/cmp"
)

// treeOf lists a folder, but for git indexes, which hold times.
func treeOf(t *testing.T, dir string) string {
	t.Helper()
	text, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasSuffix(line, "/.git/index\n") && !strings.HasSuffix(line, " .git/index\n") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// withSubmodule fills a home with the repository top and its submodule sub.
func withSubmodule(t *testing.T) (h *testHome, top crate.SourceID) {
	h = newHome(t)
	sub := h.db("sub-new", true, map[string]string{"s": "1\n"})
	commit := h.db("top-new", true, map[string]string{
		"a*": "x", "link": "-> dir/b", "dir/b": "1\n", "in/sub": "@ " + sub, ".cargo-ok": "tracked",
		".gitmodules": "[submodule \"s\"]\npath=in/sub\nurl=../sub\n",
	})
	return h, source(t, "top", commit)
}

func (h *testHome) plan(opts *PlanOptions, sources ...crate.SourceID) *CheckoutPlan {
	h.t.Helper()
	p, err := h.folder().Plan(h.t.Context(), sources, opts)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func TestRestore(t *testing.T) {
	h, top := withSubmodule(t)
	branch, err := crate.ParseSourceID("git+https://example.com/top.git?branch=b#" + strings.ToUpper(top.Precise()))
	if err != nil {
		t.Fatal(err)
	}
	registry, _ := crate.ParseSourceID("registry+" + crate.CratesIOGit)
	p := h.plan(nil, top, registry, branch)
	if len(p.Checkouts) != 1 || p.Checkouts[0].State != Absent || len(p.Checkouts[0].Sources) != 2 || p.Unavailable() != nil {
		t.Fatalf("plan %+v", p.Checkouts)
	}
	dir := p.Checkouts[0].Dir
	if want := h.path("git", "checkouts", "top-new", top.Precise()[:7]); dir != want {
		t.Errorf("Dir = %q, want %q", dir, want)
	}
	n, files := p.Needed()
	var written, bytes, done atomic.Int64
	if err := p.Restore(t.Context(), &RestoreOptions{
		Progress: func(_ *Checkout, n int) { written.Add(1); bytes.Add(int64(n)) },
		Done:     func(*Checkout) { done.Add(1) },
	}); err != nil {
		t.Fatal(err)
	}
	// A submodule's root is an entry, but no file is written for it.
	if n != 1 || int(written.Load()) != files-1 || bytes.Load() == 0 || done.Load() != 1 {
		t.Errorf("%d checkouts of %d files planned; %d files, %d bytes, %d checkouts reported", n, files, written.Load(), bytes.Load(), done.Load())
	}
	for name, want := range map[string]string{"dir/b": "1\n", ".cargo-ok": "", "in/sub/s": "1\n", "in/sub/.cargo-ok": "", ".git/HEAD": "ref: refs/heads/master\n", ".git/refs/heads/master": top.Precise() + "\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil || string(got) != want {
			t.Errorf("%s = %q, %v, want %q", name, got, err, want)
		}
	}
	if left, _ := filepath.Glob(h.path("git", ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if state := h.plan(nil, top).Checkouts[0]; state.State != Present {
		t.Errorf("afterwards: state %d, %v", state.State, state.Why)
	}
	if err := h.plan(nil, top).Restore(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// What Cargo would delete, and what lacks something, is made again as it was.
func TestRestore_broken(t *testing.T) {
	h, top := withSubmodule(t)
	dir := h.path("git", "checkouts", "top-new", top.Precise()[:7])
	if err := h.plan(nil, top).Restore(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	whole := treeOf(t, dir)
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for name, damage := range map[string]func() error{
		"no_ok":        func() error { return os.Remove(at(".cargo-ok")) },
		"no_git":       func() error { return os.RemoveAll(at(".git")) },
		"no_head":      func() error { return os.Remove(at(".git/HEAD")) },
		"other_head":   func() error { return os.WriteFile(at(".git/HEAD"), []byte(strings.Repeat("1", 40)), 0o666) },
		"hostile_head": func() error { return os.WriteFile(at(".git/HEAD"), []byte("ref: ../../x"), 0o666) },
		"no_refs": func() error {
			os.WriteFile(at(".git/HEAD"), []byte(top.Precise()), 0o666)
			return os.RemoveAll(at(".git/refs"))
		},
		"no_objects":     func() error { return os.RemoveAll(at(".git/objects")) },
		"objects_empty":  func() error { os.RemoveAll(at(".git/objects")); return os.Mkdir(at(".git/objects"), 0o777) },
		"no_file":        func() error { return os.Remove(at("dir/b")) },
		"file_is_link":   func() error { os.Remove(at("dir/b")); return os.Symlink("../a", at("dir/b")) },
		"file_is_folder": func() error { os.Remove(at("dir/b")); return os.Mkdir(at("dir/b"), 0o777) },
		"other_link":     func() error { os.Remove(at("link")); return os.Symlink("/etc/passwd", at("link")) },
		"no_submodule":   func() error { return os.RemoveAll(at("in/sub")) },
		"is_a_file":      func() error { os.RemoveAll(dir); return os.WriteFile(dir, nil, 0o666) },
		"empty":          func() error { os.RemoveAll(dir); return os.Mkdir(dir, 0o777) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := damage(); err != nil {
				t.Fatal(err)
			}
			p := h.plan(nil, top)
			if c := p.Checkouts[0]; c.State != Broken || c.Why == nil {
				t.Fatalf("state %d, %v", c.State, c.Why)
			}
			if err := p.Restore(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole, treeOf(t, dir)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// One that is in order is not touched, unless that is asked for.
func TestRestore_force(t *testing.T) {
	h, top := withSubmodule(t)
	if err := h.plan(nil, top).Restore(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	mine := h.path("git", "checkouts", "top-new", top.Precise()[:7], "mine")
	for _, tt := range []struct {
		force, kept bool
	}{{false, true}, {true, false}} {
		writeFile(t, mine, "")
		if err := h.plan(&PlanOptions{Force: tt.force}, top).Restore(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(mine); (err == nil) != tt.kept {
			t.Errorf("force %v: %v", tt.force, err)
		}
	}
}

// A home that lacks things says so for all of them; what can be made is made.
func TestRestore_unavailable(t *testing.T) {
	h, top := withSubmodule(t)
	gone, short := source(t, "gone", strings.Repeat("1", 40)), source(t, "top", "123")
	os.RemoveAll(h.path("git", "db", "sub-new"))
	whole := source(t, "whole", h.db("whole-new", true, map[string]string{"x": "1"}))
	p := h.plan(nil, top, gone, short, whole)
	var states []CheckoutState
	for _, c := range p.Checkouts {
		states = append(states, c.State)
	}
	if diff := cmp.Diff([]CheckoutState{Unavailable, Unavailable, Unavailable, Absent}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	err := p.Unavailable()
	if err == nil || strings.Count(err.Error(), "\n") != 2 || !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, object.ErrPrecise) {
		t.Errorf("Unavailable: %v", err)
	}
	if err := p.Restore(t.Context(), nil); err != nil {
		t.Error(err)
	}
	found, _ := filepath.Glob(h.path("git", "checkouts", "*", "*"))
	if want := []string{h.path("git", "checkouts", "whole-new", whole.Precise()[:7])}; !cmp.Equal(found, want) {
		t.Errorf("made %q, want %q", found, want)
	}
}

// A complete checkout is good without the repository of its submodule, as it is
// to Cargo.
func TestPlan_presentWithoutSubmodule(t *testing.T) {
	h, top := withSubmodule(t)
	if err := h.plan(nil, top).Restore(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	os.RemoveAll(h.path("git", "db", "sub-new"))
	if c := h.plan(nil, top).Checkouts[0]; c.State != Present {
		t.Errorf("state %d, %v", c.State, c.Why)
	}
}

// A run that fails leaves what was there, and nothing else.
func TestRestore_fails(t *testing.T) {
	h := newHome(t)
	f := cargotest.NewRepo(t, map[string]string{"a": "1", "b": "2", "dir/c": "3"})
	f.Write(h.path("git", "db", "top-new"), false)
	top := source(t, "top", f.Commit.String())
	blob := f.Blob("3").String()
	if err := os.Remove(h.path("git", "db", "top-new", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	dir := h.path("git", "checkouts", "top-new", top.Precise()[:7])
	writeFile(t, filepath.Join(dir, "old"), "")
	before := treeOf(t, h.path("git"))
	err := h.plan(nil, top).Restore(t.Context(), nil)
	var broken *object.ObjectError
	if !errors.As(err, &broken) || broken.Object != blob || !errors.Is(err, object.ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff(before, treeOf(t, h.path("git"))); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// Borrowed objects become the checkout's own.
func TestRestore_alternates(t *testing.T) {
	h := newHome(t)
	commit := h.db("lender", false, map[string]string{"a": "1"})
	writeFile(t, h.path("git", "db", "top-new", "objects", "info", "alternates"), "../../lender/objects\n")
	if err := h.plan(nil, source(t, "top", commit)).Restore(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	os.RemoveAll(h.path("git", "db"))
	db, err := object.OpenDB(h.path("git", "checkouts", "top-new", commit[:7], ".git"), h.dir, object.NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := worktree.New(t.Context(), db, commit, nil); err != nil {
		t.Error(err)
	}
}
