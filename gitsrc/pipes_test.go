//go:build unix

package gitsrc

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

// pipeAt puts a pipe in the place of what matches a pattern below the git folder.
func (h *testHome) pipeAt(pattern string) {
	h.t.Helper()
	paths, err := filepath.Glob(h.path("git", filepath.FromSlash(pattern)))
	if err != nil || len(paths) == 0 {
		h.t.Fatalf("nothing is at %s: %v", pattern, err)
	}
	for _, path := range paths {
		if err := errors.Join(os.RemoveAll(path), syscall.Mkfifo(path, 0o666)); err != nil {
			h.t.Skip(err)
		}
	}
}

// A pipe in the place of any file or folder that is opened is not waited for: one
// within a repository is an error, or there is no repository, or it can do without.
func TestPipes(t *testing.T) {
	for _, place := range []string{
		"db", "db/top-new", "db/top-new/objects", "db/top-new/objects/pack", "db/top-new/objects/pack/*.idx", "db/top-new/objects/pack/*.pack",
		"db/top-new/FETCH_HEAD", "db/top-new/config", "db/top-new/shallow", "db/top-new/packed-refs", "db/top-new/objects/info/alternates",
		"db/sub-new/objects/??", "db/sub-new/objects/??/*", "checkouts", "checkouts/top-new", "checkouts/top-new/*", "checkouts/top-new/*/.cargo-ok",
		"checkouts/top-new/*/.git", "checkouts/top-new/*/.git/HEAD", "checkouts/top-new/*/.git/packed-refs", "checkouts/top-new/*/.git/objects",
		"checkouts/top-new/*/.git/objects/pack", "checkouts/top-new/*/.git/objects/pack/*.idx", "checkouts/top-new/*/.git/objects/pack/*.pack",
		"checkouts/top-new/*/in/sub/.git", "checkouts/top-new/*/in/sub/.git/objects",
	} {
		t.Run(strings.ReplaceAll(place, "/", "_"), func(t *testing.T) {
			h := newHome(t)
			sub := h.db("sub-new", false, map[string]string{"s": "1\n"})
			commit := h.db("top-new", true, map[string]string{"a": "x", "in/sub": "@ " + sub, ".gitmodules": "[submodule \"s\"]\npath=in/sub\nurl=../sub\n"})
			top := source(t, "top", commit)
			for _, name := range []string{"FETCH_HEAD", "config", "shallow", "packed-refs", "objects/info/alternates"} {
				writeFile(t, h.path("git", "db", "top-new", filepath.FromSlash(name)), "")
			}
			if err := h.plan(nil, top).Restore(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			refs, _ := filepath.Glob(h.path("git", "checkouts", "top-new", "*", ".git"))
			writeFile(t, filepath.Join(refs[0], "packed-refs"), "")
			if strings.HasSuffix(place, "packed-refs") {
				os.Remove(filepath.Join(refs[0], "refs", "heads", "master"))
			}
			h.pipeAt(place)
			cargotest.InTime(t, func() { useAll(t.Context(), h, top) })
		})
	}
}

// useAll calls what opens anything.
func useAll(ctx context.Context, h *testHome, src crate.SourceID) {
	f := h.folder()
	_, _ = f.Needs(ctx, src)
	_, _ = f.WorkTree(ctx, src)
	short := src.Precise()[:7]
	f.HasHead("top-new", short)
	_, _ = f.Rebuildable(ctx, "top-new", short)
	if tree, err := staging.NewWriter(h.path("thin")); err == nil {
		_ = f.WriteThin(ctx, "top-new", []string{src.Precise()}, tree)
	}
	for _, force := range []bool{false, true} {
		if p, err := h.folder().Plan(ctx, []crate.SourceID{src}, &PlanOptions{Force: force}); err == nil {
			_ = p.Restore(ctx, nil)
		}
	}
}

// What is closed stays closed.
func TestFolder_closed(t *testing.T) {
	h, top := withSubmodule(t)
	f := h.folder()
	if _, err := f.WorkTree(t.Context(), top); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := f.WorkTree(t.Context(), top); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v, want %v", err, fs.ErrClosed)
	}
	if _, err := f.DB(top, top.Precise()); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v, want %v", err, fs.ErrClosed)
	}
	if err := f.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

// A run that was interrupted has not done what it was to do.
func TestRestore_cancelled(t *testing.T) {
	h := newHome(t)
	var sources []crate.SourceID
	for _, name := range []string{"a", "b"} {
		sources = append(sources, source(t, name, h.db(name+"-new", true, map[string]string{"x": name})))
	}
	p := h.plan(nil, sources...)
	ctx, cancel := context.WithCancel(t.Context())
	err := p.Restore(ctx, &RestoreOptions{Done: func(*Checkout) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled after the first: %v", err)
	}
	if _, err := os.Stat(p.Checkouts[1].Dir); err == nil {
		t.Error("the second was made")
	}
}
