package lastuse_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"cargohome/internal/cargotest"
	"cargohome/internal/lastuse"
)

// With no room on the disk for a journal the database stays as it is; with room again
// it is changed.
func TestForget_without_room(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("a small file system cannot be mounted: %v", err)
	}
	defer func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	h := cargotest.NewHome(t, dir)
	h.Used("registry_src", "reg-0123456789abcdef", "a-1.0.0", 1)
	fill := filepath.Join(dir, "fill")
	if err := os.WriteFile(fill, make([]byte, 1<<20), 0o666); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if err := lastuse.Forget(t.Context(), dir, gone); err == nil {
		t.Error("there was room")
	}
	uses, err := lastuse.Read(t.Context(), dir, &lastuse.Options{Locked: true})
	if _, from := uses.Last(gone[0], 0); err != nil || from != lastuse.Cargo {
		t.Errorf("it is not as it was: %v", err)
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	if err := lastuse.Forget(t.Context(), dir, gone); err != nil {
		t.Error(err)
	}
	if rows := h.LastUses(); len(rows) != 1 {
		t.Errorf("rows are %q", rows)
	}
}
