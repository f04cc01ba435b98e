//go:build unix

package home

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// hold takes the lock of a home the way Cargo does, as how says.
func hold(t *testing.T, dir string, how int) *os.File {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, packageCache), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestLockReading_waits_for_a_writer(t *testing.T) {
	dir := t.TempDir()
	writer := hold(t, dir, unix.LOCK_EX)
	waited := 0
	unlock, err := New(dir).LockReading(t.Context(), func() {
		waited++
		writer.Close()
	})
	if err != nil || waited != 1 {
		t.Fatalf("waited %d times (%v), want once", waited, err)
	}
	other, err := os.OpenFile(filepath.Join(dir, packageCache), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := unix.Flock(int(other.Fd()), unix.LOCK_EX|unix.LOCK_NB); !errors.Is(err, unix.EWOULDBLOCK) {
		t.Errorf("a writer gets the lock meanwhile (%v)", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if err := unix.Flock(int(other.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Errorf("a writer does not get the lock afterwards: %v", err)
	}
}

func TestLockReading_is_shared(t *testing.T) {
	dir := t.TempDir()
	hold(t, dir, unix.LOCK_SH)
	unlock, err := New(dir).LockReading(t.Context(), func() { t.Error("waited for a reader") })
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

func TestLockReading_is_interrupted(t *testing.T) {
	dir := t.TempDir()
	hold(t, dir, unix.LOCK_EX)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := New(dir).LockReading(ctx, func() {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v, want DeadlineExceeded", err)
	}
}

func TestLockReading_without_a_home(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	unlock, err := New(dir).LockReading(t.Context(), func() { t.Error("waited") })
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the home was made")
	}
}
