package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"cargohome/internal/cargotest"
)

// exhausts says whether err is that of a bound on all work.
func exhausts(err error) bool {
	var limit *LimitError
	return errors.As(err, &limit) && strings.Contains(limit.What, "steps")
}

// What is on the disk counts, once; holes do not.
func TestBudget(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pack")
	if err := os.WriteFile(path, make([]byte, 1<<16), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skip(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	b := newBudget()
	b.admit(info)
	got := b.all.Load()
	if b.admit(info); b.all.Load() != got {
		t.Error("a pack counts twice")
	}
	if runtime.GOOS == "linux" && !cargotest.Portable && (got <= freeWork || got > freeWork+1<<20*workPerByte) {
		t.Errorf("64 KiB and a hole are worth %d steps", got)
	}
	if err := b.spend(got); err != nil {
		t.Error(err)
	}
	if err := b.spend(1); !exhausts(err) {
		t.Errorf("error %v", err)
	}
}

// All who read hold no more than they may together, whatever each needs.
func TestHeld(t *testing.T) {
	b := newBudget()
	first := b.held.take(maxHeld - 2*heldFree)
	done := make(chan bool)
	go func() {
		give := b.held.take(3 * heldFree)
		done <- b.held.free >= 0
		give()
		done <- true
	}()
	b.held.take(heldFree)() // what is small does not wait
	select {
	case <-done:
		t.Fatal("more is held than there is")
	case <-time.After(20 * time.Millisecond):
	}
	first()
	for range 2 {
		if !<-done {
			t.Error("what was waited for was not given")
		}
	}
	if b.held.free != maxHeld {
		t.Errorf("%d bytes are free in the end, want %d", b.held.free, maxHeld)
	}
}

// Modes and names have an end, and what is behind a mode is not passed over.
func TestWorkTree_modes(t *testing.T) {
	for mode, ok := range map[string]bool{
		"100644": true, "0100644": true, "0000000000100644": true, "0000000000100644X": false,
		strings.Repeat("0", 100) + "100644": false, "100644X": false,
	} {
		f := newFixture(t, nil)
		commit := f.commitOf(f.rawTree(mode + " a"))
		if _, err := f.open(t).WorkTree(t.Context(), commit, nil); (err == nil) != ok {
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
		f := newFixture(t, files)
		db := f.open(t)
		db.store.budget.left.Store(enough[name])
		if _, err := db.WorkTree(t.Context(), f.commit.String(), nil); !exhausts(err) {
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
	f := newFixture(t, map[string]string{"large": strings.Repeat("x", MaxText+1), "small": "x"})
	w, err := f.open(t).WorkTree(t.Context(), f.commit.String(), nil)
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
	w.budget.left.Store(511)
	if _, err := fs.ReadFile(w, "small"); !exhausts(err) {
		t.Errorf("with less than a byte of text is worth: %v", err)
	}
	w.budget.left.Store(1 << 30)
	mine := errors.New("mine")
	if err := w.UseFile("small", func([]byte) error { return mine }); err != mine {
		t.Errorf("UseFile: %v, want the error of the function", err)
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
	files[modulesFile] = modules
	top := source(t, "top", h.db("top-new", true, files))
	f := h.folder()
	if _, err := f.WorkTree(t.Context(), top); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v", err)
	}
	f.budget.left.Store(50 * 25 * workPerSubmodule)
	if _, err := f.WorkTree(t.Context(), top); !exhausts(err) {
		t.Errorf("error %v", err)
	}
}

// When the context ends, so do the making of a work tree and its use.
func TestWorkTree_cancelled(t *testing.T) {
	f := newFixture(t, map[string]string{"Cargo.toml": "x", "d/e": ""})
	db := f.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	w, err := db.WorkTree(ctx, f.commit.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := fs.ReadFile(w, "Cargo.toml"); !errors.Is(err, context.Canceled) {
		t.Errorf("ReadFile: %v", err)
	}
	if _, err := List(w, "", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v", err)
	}
	if _, err := db.store.read(ctx, f.blob("x"), plumbing.BlobObject, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if _, err := db.store.items(ctx, plumbing.ZeroHash, newQuota()); !errors.Is(err, context.Canceled) {
		t.Errorf("items: %v", err)
	}
}
