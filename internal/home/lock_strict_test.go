//go:build unix

package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"cargohome/internal/fsx"
)

// What is no lock is refused for replacing, and for less gone on without.
func TestLock_that_cannot_be_had(t *testing.T) {
	for name, spoil := range map[string]struct {
		do   func(path string) error
		want error
	}{
		"link":    {func(path string) error { return os.Symlink(path+"-elsewhere", path) }, fsx.ErrNotRegular},
		"pipe":    {func(path string) error { return unix.Mkfifo(path, 0o666) }, fsx.ErrNotRegular},
		"folder":  {func(path string) error { return os.Mkdir(path, 0o777) }, fsx.ErrNotRegular},
		"unread":  {func(path string) error { return os.WriteFile(path, nil, 0) }, fs.ErrPermission},
		"no room": {func(path string) error { return os.Chmod(filepath.Dir(path), 0o555) }, fs.ErrPermission},
	} {
		for _, file := range []string{packageCache, packageCacheMutate} {
			t.Run(name+" "+file, func(t *testing.T) {
				dir := t.TempDir()
				if err := spoil.do(filepath.Join(dir, file)); err != nil {
					t.Fatal(err)
				}
				defer os.Chmod(dir, 0o777)
				if errors.Is(spoil.want, fs.ErrPermission) && os.Getuid() == 0 {
					t.Skip("root may write everything")
				}
				checkRefused(t, dir, spoil.want)
			})
		}
	}
}

func checkRefused(t *testing.T, dir string, want error) {
	t.Helper()
	unlock, err := New(dir).Lock(t.Context(), Replacing, nil)
	if _, ok := errors.AsType[*LockError](err); !ok || !errors.Is(err, want) {
		t.Errorf("replacing: error is %v, want a LockError that is %v", err, want)
	}
	for mode, opts := range map[LockMode]*LockOptions{Looking: nil, Reading: nil, Replacing: {Without: true}} {
		if unlock, err = New(dir).Lock(t.Context(), mode, opts); err != nil {
			t.Errorf("mode %d: %v", mode, err)
			continue
		}
		if err := unlock(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, packageCache+"-elsewhere")); err == nil {
		t.Error("a link was followed")
	}
}

// Looking makes nothing.
func TestLock_looking(t *testing.T) {
	dir := t.TempDir()
	unlock, err := New(dir).Lock(t.Context(), Looking, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("it made %v (%v)", left, err)
	}
}

// A lock file that was deleted while it was waited for locks nothing.
func TestLock_deleted_meanwhile(t *testing.T) {
	dir := t.TempDir()
	old := hold(t, dir, packageCache, unix.LOCK_EX)
	unlock, err := New(dir).Lock(t.Context(), Replacing, &LockOptions{Waiting: func(string) {
		if err := errors.Join(os.Remove(old.Name()), old.Close()); err != nil {
			t.Error(err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	again, err := os.OpenFile(filepath.Join(dir, packageCache), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := unix.Flock(int(again.Fd()), unix.LOCK_EX|unix.LOCK_NB); !errors.Is(err, unix.EWOULDBLOCK) {
		t.Errorf("another gets the lock meanwhile (%v)", err)
	}
}
