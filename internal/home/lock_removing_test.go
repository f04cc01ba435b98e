// The portable way cannot tell who has a file open, and always waits.

//go:build linux && !portable

package home

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// settle is how long is waited here; what is decided at once takes a small part of it.
const settle = 400 * time.Millisecond

// homeWithDatabase makes a home whose database is older than settle.
func homeWithDatabase(t *testing.T) (dir, database string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	database = filepath.Join(dir, LastUsePath)
	if err := os.WriteFile(database, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(database, 0o644); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	time.Sleep(settle + 20*time.Millisecond)
	return dir, database
}

func removingTakes(t *testing.T, dir string, canOpen bool) time.Duration {
	t.Helper()
	began := time.Now()
	unlock, err := New(dir).LockRemoving(t.Context(), &LockOptions{Settle: settle}, func() bool { return canOpen })
	took := time.Since(began)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{packageCache, packageCacheMutate} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB); err == nil {
			t.Errorf("%s is not locked", name)
		}
		f.Close()
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	return took
}

// It is waited unless it is known that nobody has the database open.
func TestLockRemoving_decides(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(t *testing.T, dir, database string)
		closed bool // Cargo cannot open the database
		waits  bool
	}{
		"nobody": {spoil: func(*testing.T, string, string) {}},
		"closed to all others": {spoil: func(t *testing.T, dir, database string) {
			must(t, os.Chmod(database, 0o600))
			must(t, os.Chmod(dir, 0o700))
		}},
		"read by somebody":    {spoil: func(t *testing.T, _, database string) { open(t, database, os.O_RDONLY) }, waits: true},
		"written by somebody": {spoil: func(t *testing.T, _, database string) { open(t, database, os.O_RDWR) }, waits: true},
		"by another name": {spoil: func(t *testing.T, dir, database string) {
			must(t, os.Link(database, filepath.Join(dir, "other")))
			open(t, filepath.Join(dir, "other"), os.O_RDWR)
		}, waits: true},
		"damaged": {spoil: func(*testing.T, string, string) {}, closed: true, waits: true},
		"none":    {spoil: func(t *testing.T, _, database string) { must(t, os.Remove(database)) }, waits: true},
		"link": {spoil: func(t *testing.T, dir, database string) {
			must(t, os.Rename(database, filepath.Join(dir, "other")))
			must(t, os.Symlink("other", database))
		}, waits: true},
		"pipe": {spoil: func(t *testing.T, _, database string) {
			must(t, os.Remove(database))
			must(t, unix.Mkfifo(database, 0o644))
		}, waits: true},
		"not for all":  {spoil: func(t *testing.T, _, database string) { must(t, os.Chmod(database, 0o600)) }, waits: true},
		"not for some": {spoil: func(t *testing.T, _, database string) { must(t, os.Chmod(database, 0o640)) }, waits: true},
		"made again": {spoil: func(t *testing.T, _, database string) {
			must(t, os.Remove(database))
			must(t, os.WriteFile(database, []byte("x"), 0o644))
		}, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, database := homeWithDatabase(t)
			c.spoil(t, dir, database)
			if took := removingTakes(t, dir, !c.closed); c.waits != (took > settle/2) {
				t.Errorf("it took %v, with a settle time of %v", took, settle)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, path string, flags int) {
	t.Helper()
	f, err := os.OpenFile(path, flags, 0)
	must(t, err)
	t.Cleanup(func() { f.Close() })
}

// waiterVariable makes the test binary wait for the lock of a file, and say so by a
// file beside it.
const waiterVariable = "HOME_TEST_WAITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(waiterVariable); path != "" {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err == nil {
			err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		}
		if err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Somebody who had been there before us and waits for the package cache is let through
// before anything is removed; somebody who comes later waits.
func TestLockRemoving_waiters(t *testing.T) {
	for name, early := range map[string]bool{"early": true, "late": false} {
		t.Run(name, func(t *testing.T) {
			if !early {
				seesAll(t)
			}
			dir := t.TempDir()
			var through atomic.Bool
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			done := make(chan error, 1)
			unlock, err := New(dir).LockRemoving(ctx, &LockOptions{Settle: settle}, func() bool {
				if !through.Load() && len(done) == 0 {
					go func() { done <- waitForLock(filepath.Join(dir, packageCache), early, &through) }()
					time.Sleep(settle / 4)
				}
				return false
			})
			must(t, err)
			if through.Load() != early {
				t.Errorf("the waiter was let through: %t", through.Load())
			}
			must(t, unlock())
			must(t, <-done)
		})
	}
}

// waitForLock waits for the lock in this process, or one that is started for it.
func waitForLock(path string, here bool, through *atomic.Bool) error {
	if !here {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), waiterVariable+"="+path)
		return cmd.Run()
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
	through.Store(true)
	return err
}

func seesAll(t *testing.T) {
	t.Helper()
	if ns, err := os.Readlink("/proc/self/ns/pid"); err != nil || ns != initialPIDs {
		t.Skip("not all processes of the machine are seen here")
	}
}
