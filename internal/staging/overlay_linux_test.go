package staging

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// overlay mounts an overlay file system, of which fill makes the lower layer.
func overlay(t *testing.T, fill func(lower string)) (merged string) {
	t.Helper()
	layers := t.TempDir()
	for _, name := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(layers, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(layers, name) }
	fill(at("lower"))
	options := "lowerdir=" + at("lower") + ",upperdir=" + at("upper") + ",workdir=" + at("work")
	if err := unix.Mount("overlay", at("merged"), "overlay", 0, options); err != nil {
		t.Skipf("an overlay file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(at("merged"), 0) })
	return at("merged")
}

// Folders of a lower layer of an overlay file system, which is what containers run
// on, cannot be renamed, but are replaced all the same, and restored.
func TestDir_on_overlay(t *testing.T) {
	parent := overlay(t, func(lower string) {
		write(t, filepath.Join(lower, "a/deep/f"), "old")
		write(t, filepath.Join(lower, "gone/f"), "old")
		if err := os.Symlink("f", filepath.Join(lower, "a/deep/link")); err != nil {
			t.Fatal(err)
		}
	})
	before := snapshot(t, parent)

	for _, undo := range []bool{true, false} {
		d, err := New(t.Context(), In{Root: parent})
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(d.Fresh(), "a", "f"), "new")
		if err := d.Replace("a", filepath.Join(parent, "a")); err != nil {
			t.Fatal(err)
		}
		if err := d.Remove(filepath.Join(parent, "gone")); err != nil {
			t.Fatal(err)
		}
		want := "/a/f=new;"
		if undo {
			want = before
			if err := d.Undo(); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if got := snapshot(t, parent); got != want {
			t.Errorf("undone %v: the folder holds %s, want %s", undo, got, want)
		}
	}
}
