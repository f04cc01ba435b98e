package usage_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/usage"
)

// mounted runs f where something is mounted at a place, and nobody else sees it.
func mounted(t *testing.T, from, at string, f func()) {
	t.Helper()
	if err := os.MkdirAll(at, 0o777); err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its own mounts
		if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
			done <- "no name space for mounts: " + err.Error()
			return
		}
		_ = syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
		var err error
		if from == "" {
			err = syscall.Mount("none", at, "tmpfs", 0, "")
		} else {
			err = syscall.Mount(from, at, "", syscall.MS_BIND, "")
		}
		if err != nil {
			done <- "cannot mount: " + err.Error()
			return
		}
		f()
	}()
	if why := <-done; why != "" {
		t.Skip(why)
	}
}

// What is mounted within an item is never entered to remove anything, also if it is of
// the same file system.
func TestExecute_mounts(t *testing.T) {
	cargotest.NotPortable(t, "what is mounted is not seen")
	for _, place := range []string{"src/" + cargotest.CratesIO + "/a-1.0.0", "src/" + cargotest.CratesIO + "/a-1.0.0/inner", "src/my.example-0123456789abcdef", "index/my.example-0123456789abcdef"} {
		work := t.TempDir()
		dir, outside := filepath.Join(work, "home"), filepath.Join(work, "outside")
		write(t, filepath.Join(outside, "x"), "outside")
		write(t, filepath.Join(outside, "z-1.0.0/x"), "outside")
		write(t, filepath.Join(dir, "registry/src", cargotest.CratesIO, "a-1.0.0/x"), "inside")
		write(t, filepath.Join(dir, "registry/src", cargotest.CratesIO, "b-1.0.0/x"), "inside")
		mounted(t, outside, filepath.Join(dir, "registry", filepath.FromSlash(place)), func() {
			sel := all()
			sel.Jobs = 1 // this thread alone sees the mount
			plan, _ := clean(t, dir, sel)
			if len(plan.Spared) != 1 || !strings.Contains(plan.Spared[0].Why.Error(), "mounted") {
				t.Errorf("%s: spared are %v", place, plan.Spared)
			}
			if _, err := os.Stat(filepath.Join(dir, "registry/src", cargotest.CratesIO, "b-1.0.0")); err == nil {
				t.Errorf("%s: its neighbour is still there", place)
			}
		})
		for _, rel := range []string{"x", "z-1.0.0/x"} {
			if _, err := os.Stat(filepath.Join(outside, rel)); err != nil {
				t.Errorf("%s: %v", place, err)
			}
		}
	}
}

// Containers mount caches at registry and the like: that is the home's.
func TestExecute_mounted_cache(t *testing.T) {
	for _, place := range []string{"registry", "registry/src"} {
		dir := t.TempDir()
		mounted(t, "", filepath.Join(dir, place), func() {
			source := filepath.Join(dir, "registry/src", cargotest.CratesIO, "a-1.0.0")
			write(t, filepath.Join(source, "x"), "inside")
			_, out := clean(t, dir, all())
			if len(out.Failed) > 0 {
				t.Errorf("%s: %v", place, out.Failed)
			}
			if _, err := os.Stat(source); err == nil {
				t.Errorf("%s: the source is still there", place)
			}
		})
	}
}

// Parts of a home that are mounted may be parts of another one.
func TestMountedParts(t *testing.T) {
	cargotest.NotPortable(t, "what is mounted is not seen")
	work := t.TempDir()
	dir, outside := filepath.Join(work, "home"), filepath.Join(work, "outside")
	write(t, filepath.Join(outside, "x"), "outside")
	if parts := usage.MountedParts(dir); len(parts) > 0 {
		t.Errorf("of no home: %q", parts)
	}
	mounted(t, outside, filepath.Join(dir, "registry", "cache"), func() {
		if parts := usage.MountedParts(dir); len(parts) != 1 || parts[0] != "registry/cache" {
			t.Errorf("mounted are %q", parts)
		}
	})
}
