//go:build unix

package home

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
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
					t.Skip("root may write everything; see TestLock_of_another_user")
				}
				checkRefused(t, dir, spoil.want)
			})
		}
	}
}

func checkRefused(t *testing.T, dir string, want error) {
	t.Helper()
	_, err := New(dir).Lock(t.Context(), Replacing, nil)
	if _, ok := errors.AsType[*LockError](err); !ok || !errors.Is(err, want) {
		t.Errorf("replacing: error is %v, want a LockError that is %v", err, want)
	}
	for mode, opts := range map[LockMode]*LockOptions{Looking: nil, Reading: nil, Replacing: {Without: true}} {
		unlock, err := New(dir).Lock(t.Context(), mode, opts)
		if err != nil {
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

// userVariable makes the test binary take the locks of a home that is another user's.
const userVariable = "HOME_TEST_OTHERS"

// The home of another user: what may only be read is locked shared, which is not enough
// for replacing.
func TestLock_of_another_user(t *testing.T) {
	if dir := os.Getenv(userVariable); dir != "" {
		checkRefused(t, dir, fs.ErrPermission)
		return
	}
	if os.Getuid() != 0 {
		t.Skip("only root becomes another user")
	}
	work, err := os.MkdirTemp("", "cargohome-test-") // t.TempDir is root's alone
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(work)
	home, binary := filepath.Join(work, "home"), filepath.Join(work, "test")
	program, err := os.ReadFile(os.Args[0])
	if err := errors.Join(err, os.Chmod(work, 0o755), os.Mkdir(home, 0o755), os.WriteFile(binary, program, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, files := range [][]string{{}, {packageCache, packageCacheMutate}} {
		for _, name := range files {
			if err := os.WriteFile(filepath.Join(home, name), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(binary, "-test.run=^TestLock_of_another_user$")
		cmd.Dir = work
		cmd.Env = append(os.Environ(), userVariable+"="+home)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with %q: %v\n%s", files, err, out)
		}
	}
}
