// The portable way does not see what is mounted.

//go:build !portable

package staging

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"cargohome/internal/fsx"
)

// mount mounts something until the test ends: a folder, or an empty file system.
func mount(t *testing.T, from, at string) {
	t.Helper()
	if err := os.MkdirAll(at, 0o777); err != nil {
		t.Fatal(err)
	}
	err := unix.Mount(from, at, "", unix.MS_BIND, "")
	if from == "" {
		err = unix.Mount("none", at, "tmpfs", 0, "")
	}
	if err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
}

// What is mounted within is never deleted, nor moved with what it is mounted in.
func TestDir_mounts(t *testing.T) {
	work := t.TempDir()
	precious := filepath.Join(work, "precious")
	write(t, filepath.Join(precious, "thesis"), "years")
	parent := filepath.Join(work, "parent")
	for _, at := range []string{"stale/mnt", "changed/deep/mnt", "itself", Prefix + "123/new/mnt"} {
		mount(t, precious, filepath.Join(parent, at))
	}
	write(t, filepath.Join(parent, Prefix+"123/new/x"), "left")
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"changed", "itself"} {
		write(t, filepath.Join(d.Fresh(), name, "x"), "new")
		if err := d.Replace(name, filepath.Join(parent, name)); !errors.Is(err, fsx.ErrMount) {
			t.Errorf("replaced %s: %v", name, err)
		}
	}
	for _, remove := range []func(string) error{d.Remove, d.Drop, func(place string) error { return Dismantle(t.Context(), In{Root: parent}, place) }} {
		if err := remove(filepath.Join(parent, "stale")); !errors.Is(err, fsx.ErrMount) {
			t.Errorf("removed: %v", err)
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(parent, Prefix+"123/new/x")); err != nil {
		t.Errorf("a leftover with a mount was begun with: %v", err)
	}
	if got := snapshot(t, precious); got != "/thesis=years;" {
		t.Errorf("outside is %q", got)
	}
}

// What is mounted when it lies aside already is seen while deleting.
func TestDir_mounted_meanwhile(t *testing.T) {
	work := t.TempDir()
	precious, parent := filepath.Join(work, "precious"), filepath.Join(work, "parent")
	write(t, filepath.Join(precious, "thesis"), "years")
	write(t, filepath.Join(parent, "stale/a/x"), "x")
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Remove(filepath.Join(parent, "stale")); err != nil {
		t.Fatal(err)
	}
	mount(t, precious, filepath.Join(filepath.Dir(d.Fresh()), "old/1/a/mnt"))
	if err := d.Close(); !errors.Is(err, fsx.ErrMount) {
		t.Errorf("closed: %v", err)
	}
	if got := snapshot(t, precious); got != "/thesis=years;" {
		t.Errorf("outside is %q", got)
	}
}

// Where a folder below is a file system of its own, staging happens in there.
func TestDir_For_mounts(t *testing.T) {
	for _, from := range []string{"", "bind"} {
		work := t.TempDir()
		parent := filepath.Join(work, "parent")
		if from != "" {
			from = filepath.Join(work, "elsewhere")
			write(t, filepath.Join(from, "x"), "x")
		}
		mount(t, from, filepath.Join(parent, "sub"))
		for _, name := range []string{"sub/old/deep", "sub/gone"} {
			write(t, filepath.Join(parent, name, "f"), "old")
		}
		before := snapshot(t, parent)
		for _, undo := range []bool{true, false} {
			d, err := New(t.Context(), In{Root: work, Below: "parent"})
			if err != nil {
				t.Fatal(err)
			}
			for name, place := range map[string]string{"0": "sub/old/deep", "1": "sub/made/here", "2": "beside"} {
				to := filepath.Join(parent, place)
				at, err := d.For(to)
				if err != nil {
					t.Fatal(err)
				}
				if (at != d) != strings.HasPrefix(place, "sub/") {
					t.Errorf("%s is staged in %s", place, at.Fresh())
				}
				tree, err := at.Writer(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(tree.WriteFile("f", 0o666, []byte("new")), tree.Finish(), at.Replace(name, to)); err != nil {
					t.Fatal(err)
				}
			}
			gone := filepath.Join(parent, "sub/gone")
			at, err := d.For(gone)
			if err := errors.Join(err, at.Remove(gone)); err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(before, "/sub/gone/f=old;/sub/old/deep/f=old;", "/sub/made/here/f=new;/sub/old/deep/f=new;", 1)
			want = "/beside/f=new;" + want
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
				t.Errorf("undone %v: it holds %s, want %s", undo, got, want)
			}
		}
	}
}

// A folder of a lower layer of an overlay is taken apart in place, its mark first.
func TestDir_Drop_on_overlay(t *testing.T) {
	parent := overlay(t, func(lower string) {
		for _, name := range []string{".cargo-ok", "a", "b/c", ".git/HEAD", ".git/config"} {
			write(t, filepath.Join(lower, "source", name), "x")
		}
	})
	var removed []string
	stop := errors.New("killed here")
	restore := Inject(func(op Op, path string) error {
		if op == OpRemove {
			removed = append(removed, filepath.Base(path))
			if path == filepath.Join(parent, "source") {
				return stop
			}
		}
		return nil
	})
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Drop(filepath.Join(parent, "source")); !errors.Is(err, stop) {
		t.Errorf("dropped: %v", err)
	}
	restore()
	if got := snapshot(t, filepath.Join(parent, "source")); got != "/.git/config=x;/a=x;/b/c=x;" {
		t.Errorf("of one that is being taken apart there is %q", got)
	}
	if err := errors.Join(d.Drop(filepath.Join(parent, "source")), d.Close()); err != nil {
		t.Error(err)
	}
	if got := snapshot(t, parent); got != "" {
		t.Errorf("there is %q", got)
	}
}
