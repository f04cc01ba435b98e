//go:build unix

package cli_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

// Whatever gets its name in the home, or in a mirror, was synced before, and its name is when
// the run ends: a power failure takes away whole things, or nothing. In a mirror the names of
// archives are when the index comes; that the old one goes aside for it is no matter.
func TestPower_failure(t *testing.T) {
	for name, place := range map[string]string{"unpack": "home", "unpack_new": "home", "mirror": "app/mirror"} {
		t.Run(name, func(t *testing.T) {
			dir := scenes[name].build(t)
			var mu sync.Mutex
			unsynced, moved := "", 0
			restore := staging.Inject(func(op staging.Op, path string) error {
				mu.Lock()
				defer mu.Unlock()
				inPlace := strings.HasPrefix(path, filepath.Join(dir, place)) && !strings.Contains(path, staging.Prefix)
				switch {
				case op == staging.OpSync:
					unsynced = ""
				case (op == staging.OpOpen || op == staging.OpWrite || op == staging.OpLink) && !inPlace:
					unsynced = path
				case (op == staging.OpRename || op == staging.OpSwap) && inPlace:
					if moved++; unsynced != "" && unsynced != path && (moved == 1 || strings.HasSuffix(path, "/crates-io/index")) {
						t.Errorf("%s gets its name, and %s may be on its way to the disk", path, unsynced)
					}
					unsynced = path
				}
				return nil
			})
			defer restore()
			mustRun(t, dir, scenes[name].args...)
			if moved == 0 || unsynced != "" {
				t.Errorf("of %d names, that of %q may be on its way to the disk", moved, unsynced)
			}
		})
	}
}

// Where nothing can be written nothing has to be, if all is there.
func TestUnpack_read_only(t *testing.T) {
	dir := packWorld(t)
	mustRun(t, dir, "pack", "-o", "home.tar", "--with-lockfiles")
	mustRun(t, dir, "unpack", "home.tar")
	restore := staging.Inject(func(_ staging.Op, path string) error {
		return &os.PathError{Op: "write", Path: path, Err: syscall.EROFS}
	})
	defer restore()
	mustRun(t, dir, "unpack", "home.tar")
	entry := filepath.Join(dir, "home/registry/index/example.com-8efe07b64e46d130/.cache/3/a/alt")
	for _, gone := range []string{entry, filepath.Join(dir, "home/registry/cache/example.com-8efe07b64e46d130/alt-1.0.0.crate")} {
		if err := os.Remove(gone); err != nil {
			t.Fatal(err)
		}
		if status, stderr := runIn(t, dir, "unpack", "home.tar"); status != 1 || !strings.Contains(stderr, "read-only") {
			t.Errorf("without %s unpack ends with %d:\n%s", gone, status, stderr)
		}
	}
}

// A home that somebody makes while the bundle is read is taken as it is by then.
func TestUnpack_meanwhile(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked")
	r := rehearse(t, scenes["unpack"])
	home, older, pipe := filepath.Join(r.dir, "home"), filepath.Join(r.dir, "older"), filepath.Join(r.dir, "pipe")
	data, err := os.ReadFile(filepath.Join(r.dir, "packed.tar"))
	if err == nil {
		err = os.Rename(home, older)
	}
	if err == nil {
		err = syscall.Mkfifo(pipe, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := (&rehearsal{scene: scene{args: []string{"unpack", "../pipe"}}}).command(r.dir)
	ended := make(chan string)
	go func() {
		out, err := cmd.CombinedOutput()
		if err == nil {
			out = nil
		}
		ended <- string(out)
	}()
	feed, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = feed.Write(data[:len(data)-1])
	for deadline := time.Now().Add(10 * time.Second); err == nil && !isThere(home); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no home is made")
		}
	}
	for _, name := range []string{"registry", "cargohome", "git"} {
		if from := filepath.Join(older, name); err == nil && isThere(from) {
			err = os.Rename(from, filepath.Join(home, name))
		}
	}
	if err == nil {
		_, err = feed.Write(data[len(data)-1:])
	}
	if err = errors.Join(err, feed.Close(), os.RemoveAll(older), os.Remove(pipe)); err != nil {
		t.Fatal(err)
	}
	if out := <-ended; out != "" {
		t.Fatal(out)
	}
	if got, temporary := units(t, r.dir); !maps.Equal(got, r.fresh) || temporary > 0 {
		t.Errorf("%d temporary folders are left, and\n%s", temporary, difference(r.fresh, got))
	}
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
