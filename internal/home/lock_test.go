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
func hold(t *testing.T, dir, name string, how int) *os.File {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestLock_reading_waits_for_a_writer(t *testing.T) {
	dir := t.TempDir()
	writer := hold(t, dir, packageCache, unix.LOCK_EX)
	waited := 0
	unlock, err := New(dir).Lock(t.Context(), Reading, &LockOptions{Waiting: func(string) {
		waited++
		writer.Close()
	}})
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

func TestLock_reading_is_shared(t *testing.T) {
	dir := t.TempDir()
	hold(t, dir, packageCache, unix.LOCK_SH)
	unlock, err := New(dir).Lock(t.Context(), Reading, &LockOptions{Waiting: func(string) { t.Error("waited for a reader") }})
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

func TestLock_reading_is_interrupted(t *testing.T) {
	dir := t.TempDir()
	hold(t, dir, packageCache, unix.LOCK_EX)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := New(dir).Lock(ctx, Reading, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v, want DeadlineExceeded", err)
	}
}

func TestLock_reading_without_a_home(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	unlock, err := New(dir).Lock(t.Context(), Reading, &LockOptions{Waiting: func(string) { t.Error("waited") }})
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

// A build holds the mutation lock, shared: adding goes on, replacing waits.
func TestLock_beside_a_build(t *testing.T) {
	dir := t.TempDir()
	build := hold(t, dir, packageCacheMutate, unix.LOCK_SH)
	for _, mode := range []LockMode{Reading, Adding} {
		unlock, err := New(dir).Lock(t.Context(), mode, &LockOptions{Waiting: func(what string) { t.Errorf("mode %d waited for %s", mode, what) }})
		if err != nil {
			t.Fatal(err)
		}
		if err := unlock(); err != nil {
			t.Error(err)
		}
	}
	waited := ""
	unlock, err := New(dir).Lock(t.Context(), Replacing, &LockOptions{Waiting: func(what string) {
		waited += what
		build.Close()
	}})
	if err != nil || waited != "package cache mutation" {
		t.Fatalf("replacing waited for %q (%v)", waited, err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

func TestLock_adding_excludes_readers(t *testing.T) {
	dir := t.TempDir()
	reader := hold(t, dir, packageCache, unix.LOCK_SH)
	waited := ""
	unlock, err := New(dir).Lock(t.Context(), Adding, &LockOptions{Waiting: func(what string) {
		waited += what
		reader.Close()
	}})
	if err != nil || waited != "package cache" {
		t.Fatalf("adding waited for %q (%v)", waited, err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}
