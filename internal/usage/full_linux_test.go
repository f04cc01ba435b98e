package usage_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
	"cargohome/internal/usage"
)

// A file system on which no folder can be made any more gives space back all the same,
// for whoever removes.
func TestExecute_full(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "nr_inodes=100"); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	home := filepath.Join(dir, "home")
	r := cargotest.NewHome(t, home).Registry(cargotest.CratesIO)
	for _, stem := range []string{"a-1.0.0", "b-1.0.0"} {
		write(t, filepath.Join(r.SourcePath(stem), "src/x"), "x")
		r.AddArchive(stem, []byte(stem))
	}
	for n := 0; ; n++ {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprint(n)), 0o777); err != nil {
			break
		}
	}
	sel := all()
	sel.CI = true // sources go, though the archives are none
	_, out := clean(t, home, sel)
	if len(out.Failed) > 0 || out.Gives[usage.Source].Count != 2 || out.Gives[usage.Archive].Count != 2 {
		t.Errorf("failed are %v; back comes %v", out.Failed, out.Gives)
	}
	if text := tree(t, filepath.Join(home, "registry", "src")); strings.Contains(text, "1.0.0") || strings.Contains(text, staging.Prefix) {
		t.Errorf("there is\n%s", text)
	}
}

// With no space for another name either, as on a full ext4, the mark goes first.
func TestExecute_full_of_names(t *testing.T) {
	dir := t.TempDir()
	r := cargotest.NewHome(t, dir).Registry(cargotest.CratesIO)
	source := r.SourcePath("a-1.0.0")
	for _, name := range []string{"a", ".cargo-ok", "z"} {
		write(t, filepath.Join(source, name), "x")
	}
	stop := fmt.Errorf("killed here")
	full := func(stopAt string) func() {
		return staging.Inject(func(op staging.Op, path string) error {
			switch {
			case op == staging.OpMkdir || op == staging.OpRename:
				return &os.PathError{Op: string(op), Path: path, Err: syscall.ENOSPC}
			case op == staging.OpRemove && path == stopAt:
				return stop
			}
			return nil
		})
	}
	sel := all()
	sel.CI = true
	restore := full(source)
	_, out := clean(t, dir, sel)
	restore()
	if len(out.Failed) != 1 || out.Failed[0].Err != stop {
		t.Errorf("failed are %v", out.Failed)
	}
	entries, err := os.ReadDir(source)
	if err != nil || len(entries) != 2 || entries[0].Name() != "a" {
		t.Errorf("of a source that is being taken apart there is %v", entries)
	}
	restore = full("")
	_, out = clean(t, dir, sel)
	restore()
	if _, err := os.Lstat(source); err == nil || len(out.Failed) > 0 {
		t.Errorf("failed are %v", out.Failed)
	}
}

// What a run left in the folder of an item, because there was no space elsewhere, goes
// with the next.
func TestExecute_leftover_beside(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left stays")
	dir := t.TempDir()
	r := cargotest.NewHome(t, dir).Registry(cargotest.CratesIO)
	left := filepath.Join(filepath.Dir(r.SourcePath("a-1.0.0")), staging.Prefix+"7")
	write(t, filepath.Join(left, "src/x"), "x")
	sel := all()
	sel.Kinds, sel.Orphans, sel.Broken = []usage.Kind{usage.Archive}, false, false
	clean(t, dir, sel)
	if _, err := os.Lstat(left); err == nil {
		t.Error("it is still there")
	}
}
