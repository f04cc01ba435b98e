package staging

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// When the run is to end nothing more is deleted, and the next run does it: what lies
// aside and what earlier ones left can take long.
func TestDir_ended(t *testing.T) {
	parent := t.TempDir()
	write(t, filepath.Join(parent, "a/f"), "old")
	ctx, cancel := context.WithCancel(t.Context())
	d, err := New(ctx, In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Remove(filepath.Join(parent, "a")); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(d.path(), oldName, "1", "f")
	cancel()
	<-d.ctx.Done()
	if err := d.Close(); !errors.Is(err, context.Canceled) {
		t.Errorf("Close: %v", err)
	}
	Sweep(ctx, In{Root: parent})
	if _, err := os.Stat(left); err != nil {
		t.Errorf("it was deleted: %v", err)
	}
	needLocks(t, parent)
	Sweep(t.Context(), In{Root: parent})
	if got := snapshot(t, parent); got != "" {
		t.Errorf("the next run leaves %s", got)
	}
}

// Undoing goes on to its end all the same.
func TestDir_ended_undo(t *testing.T) {
	parent := t.TempDir()
	write(t, filepath.Join(parent, "a/f"), "old")
	before := snapshot(t, parent)
	ctx, cancel := context.WithCancel(t.Context())
	d, err := New(ctx, In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(d.Fresh(), "a", "f"), "new")
	err = errors.Join(d.Replace("a", filepath.Join(parent, "a")), d.Remove(filepath.Join(parent, "a")))
	cancel()
	if err := errors.Join(err, d.Undo()); err != nil {
		t.Error(err)
	}
	_ = d.Close()
	Sweep(t.Context(), In{Root: parent})
	if got := snapshot(t, parent); got != before {
		t.Errorf("after Undo: %s, want %s", got, before)
	}
}
