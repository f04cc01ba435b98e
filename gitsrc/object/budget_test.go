package object

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

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
	b := NewBudget()
	b.admit(info)
	got := b.all.Load()
	if b.admit(info); b.all.Load() != got {
		t.Error("a pack counts twice")
	}
	if runtime.GOOS == "linux" && !cargotest.Portable && (got <= freeWork || got > freeWork+1<<20*workPerByte) {
		t.Errorf("64 KiB and a hole are worth %d steps", got)
	}
	if err := b.Spend(got); err != nil {
		t.Error(err)
	}
	if err := b.Spend(1); !exhausts(err) {
		t.Errorf("error %v", err)
	}
}

// All who read hold no more than they may together, whatever each needs.
func TestHeld(t *testing.T) {
	b := NewBudget()
	first := b.held.take(MaxHeld - 2*heldFree)
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
	if b.held.free != MaxHeld {
		t.Errorf("%d bytes are free in the end, want %d", b.held.free, MaxHeld)
	}
}
