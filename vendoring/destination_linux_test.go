package vendoring

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// What is mounted elsewhere is the same folder: a home, or a part of one, is known by
// what it is.
func TestNewPlan_mounts(t *testing.T) {
	for name, c := range map[string]struct{ mounted, dest, want string }{
		"home":               {"home", "", "home"},
		"in the home":        {"home", "vendor", "lies in the cargo home"},
		"archives":           {"home/registry/cache", "", "registry/cache"},
		"in the archives":    {"home/registry/cache", "x", "lies in the cargo home"},
		"above the home":     {".", "", "which holds"},
		"above the project":  {"work", "", "which holds"},
		"beside the project": {"work/other", "vendor", ""},
	} {
		t.Run(name, func(t *testing.T) {
			root, at := t.TempDir(), t.TempDir()
			for _, dir := range []string{"home/registry/cache/x", "work/project", "work/other"} {
				if err := os.MkdirAll(filepath.Join(root, dir), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			bound(t, filepath.Join(root, c.mounted), at, func() {
				_, err := NewPlan(nil, Target{
					Dest: filepath.Join(at, c.dest), Home: filepath.Join(root, "home"),
					Outside: []string{filepath.Join(root, "work/project")}, Force: true,
				})
				if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("error is %v, want %q", err, c.want)
				}
			})
		})
	}
}

// bound runs f where the folder from is also at another place, and nobody else sees it.
func bound(t *testing.T, from, at string, f func()) {
	t.Helper()
	done := make(chan string)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its own mounts
		if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
			done <- "no name space for mounts: " + err.Error()
			return
		}
		_ = syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
		if err := syscall.Mount(from, at, "", syscall.MS_BIND, ""); err != nil {
			done <- "cannot mount: " + err.Error()
			return
		}
		f()
	}()
	if why := <-done; why != "" {
		t.Skip(why)
	}
}
