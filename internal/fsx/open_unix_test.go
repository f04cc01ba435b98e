//go:build unix

package fsx_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cargohome/internal/fsx"
)

// Each of these would be waited for, read without end, or fail in a way of its own.
func TestOpen_special_files(t *testing.T) {
	dir := t.TempDir()
	pipe, socket, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket"), filepath.Join(dir, "link")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o666), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	if l, err := net.Listen("unix", socket); err == nil {
		defer l.Close()
	}
	for _, path := range []string{pipe, link, socket, "/dev/zero"} {
		inTime(t, path, func() {
			if f, _, err := fsx.OpenRegular(path); !errors.Is(err, fsx.ErrNotRegular) {
				t.Errorf("%s: %v, %v", path, f, err)
			}
			if f, err := fsx.OpenToRead(path); !errors.Is(err, fsx.ErrNotRegular) {
				t.Errorf("%s: %v, %v", path, f, err)
			}
			if r, err := fsx.OpenRoot(path); !errors.Is(err, fsx.ErrNotFolder) {
				t.Errorf("%s as a folder: %v, %v", path, r, err)
			}
		})
	}
}

// Below a root likewise.
func TestOpenBelow_special_files(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666), os.Symlink("pipe", filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	root, err := fsx.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"pipe", "link"} {
		inTime(t, name, func() {
			if f, _, err := fsx.OpenRegularIn(root, name); !errors.Is(err, fsx.ErrNotRegular) {
				t.Errorf("%s: %v, %v", name, f, err)
			}
			if entries, err := fsx.ReadDirIn(root, name); err == nil {
				t.Errorf("%s as a folder: %v", name, entries)
			}
		})
	}
}

func inTime(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s is waited for", what)
	}
}

// In a folder likewise.
func TestFolder_special_files(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir)
	inTime(t, "pipe", func() {
		if f, _, err := d.OpenRegular("pipe"); !errors.Is(err, fsx.ErrNotRegular) {
			t.Errorf("%v, %v", f, err)
		}
		_ = d.Read("pipe", make([]byte, 4), func(piece []byte) error {
			t.Errorf("%q was read", piece)
			return nil
		})
		if sub, err := d.Open("pipe"); err == nil {
			t.Errorf("as a folder: %v", sub)
		}
		if sub, err := fsx.OpenFolderHere(filepath.Join(dir, "pipe")); err == nil {
			t.Errorf("as a folder: %v", sub)
		}
	})
}
