// The portable way goes by paths in part, and cannot tell whose a folder is.

//go:build unix && !portable

package staging

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/internal/fsx"
)

// Whoever may write to the folder gives the temporary folder's name to another, with
// links to what is not his: nothing is written or deleted there.
func TestDir_swapped(t *testing.T) {
	work := t.TempDir()
	parent, victim := filepath.Join(work, "parent"), filepath.Join(work, "victim")
	write(t, filepath.Join(victim, "1/secret"), "s")
	write(t, filepath.Join(parent, "a/f"), "old")
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	temp := filepath.Dir(d.Fresh())
	if err := os.Rename(temp, filepath.Join(parent, ".stolen")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(temp, 0o777), os.Symlink(victim, d.Fresh()), os.Symlink(victim, filepath.Join(temp, "old"))); err != nil {
		t.Fatal(err)
	}
	tree, err := d.Writer("1")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tree.WriteFile("f", 0o666, []byte("new")), tree.Finish(), d.Replace("1", filepath.Join(parent, "a"))); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err == nil {
		t.Error("that the folder was moved is not said")
	}
	if got := snapshot(t, victim); got != "/1/secret=s;" {
		t.Errorf("outside is %q", got)
	}
	if got := snapshot(t, filepath.Join(parent, "a")); got != "/f=new;" {
		t.Errorf("in place is %q", got)
	}
}

// Links below the folder that was given are followed if they are ours, and not if
// another put them there.
func TestIn_links(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a link to another")
	}
	work := t.TempDir()
	root, elsewhere := filepath.Join(work, "root"), filepath.Join(work, "elsewhere")
	for _, dir := range []string{root, elsewhere} {
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(root, "sub")
	if err := os.Symlink(elsewhere, link); err != nil {
		t.Fatal(err)
	}
	d, err := New(t.Context(), In{Root: root, Below: "sub"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := New(t.Context(), In{Root: root, Below: "sub", NoLinks: true}); !errors.Is(err, fsx.ErrLink) {
		t.Errorf("no links: %v", err)
	}
	if err := os.Lchown(link, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), In{Root: root, Below: "sub"}); !errors.Is(err, fsx.ErrLink) {
		t.Errorf("another's link: %v", err)
	}
	if d, err = New(t.Context(), In{Root: root}); err != nil {
		t.Fatal(err)
	}
	if err := d.Remove(filepath.Join(link, "x")); !errors.Is(err, fsx.ErrLink) {
		t.Errorf("a place behind another's link: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// What appears where nothing was is never touched.
func TestDir_appeared(t *testing.T) {
	for _, place := range []string{"a", "b/c/d"} {
		for _, there := range []string{place, filepath.Join(place, "thesis")} { // a file, a folder
			parent := t.TempDir()
			d, err := New(t.Context(), In{Root: parent})
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(d.Fresh(), "1", "f"), "new")
			write(t, filepath.Join(parent, there), "years")
			if err := d.Publish("1", filepath.Join(parent, place)); !errors.Is(err, fs.ErrExist) && !errors.Is(err, syscall.ENOTDIR) {
				t.Errorf("%s at %s: %v", there, place, err)
			}
			if err := errors.Join(d.Undo(), d.Close()); err != nil {
				t.Error(err)
			}
			if got := snapshot(t, parent); got != "/"+there+"=years;" {
				t.Errorf("there is %q", got)
			}
		}
	}
}

// Folders that another makes meanwhile, on the way to the place, are as good.
func TestDir_made_meanwhile(t *testing.T) {
	parent := t.TempDir()
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(d.Fresh(), "1", "f"), "new")
	restore := Inject(func(op Op, path string) error {
		if op == OpRename {
			return os.MkdirAll(filepath.Join(parent, "a/b"), 0o777)
		}
		return nil
	})
	err = d.Publish("1", filepath.Join(parent, "a/b/c"))
	restore()
	if err := errors.Join(err, d.Close()); err != nil {
		t.Error(err)
	}
	if got := snapshot(t, parent); got != "/a/b/c/f=new;" {
		t.Errorf("there is %q", got)
	}
}

// What cannot be put back is kept, under a name that nobody sweeps.
func TestDir_undo_fails(t *testing.T) {
	for _, noSwaps := range []bool{false, true} {
		parent := t.TempDir()
		for _, name := range []string{"changed", "gone"} {
			write(t, filepath.Join(parent, name, "f"), "only copy")
		}
		restore := Inject(func(op Op, path string) error {
			if op == OpSwap && noSwaps {
				return errors.ErrUnsupported
			}
			return nil
		})
		d, err := New(t.Context(), In{Root: parent})
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(d.Fresh(), "1", "f"), "new")
		if err := errors.Join(d.Replace("1", filepath.Join(parent, "changed")), d.Remove(filepath.Join(parent, "gone"))); err != nil {
			t.Fatal(err)
		}
		restore()
		write(t, filepath.Join(parent, "gone"), "another's")
		if err := os.RemoveAll(filepath.Join(parent, "changed")); err != nil {
			t.Fatal(err)
		}
		err = d.Undo()
		if err == nil || !strings.Contains(err.Error(), savedPrefix) {
			t.Errorf("undone: %v", err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		Sweep(t.Context(), In{Root: parent})
		got := snapshot(t, parent)
		if strings.Count(got, "=only copy;") != 2 || !strings.Contains(got, "/gone=another's;") || !strings.Contains(got, savedPrefix) {
			t.Errorf("kept is %q", got)
		}
	}
}

// If setting aside succeeded and putting back does not, nothing is deleted either.
func TestDir_replace_fails_halfway(t *testing.T) {
	parent := t.TempDir()
	place := write(t, filepath.Join(parent, "a/f"), "only copy")
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(d.Fresh(), "1", "f"), "new")
	renames := 0
	restore := Inject(func(op Op, path string) error {
		if op == OpRename {
			renames++
		}
		if op == OpSwap || op == OpRename && renames > 1 {
			return syscall.EXDEV
		}
		return nil
	})
	err = d.Replace("1", filepath.Dir(place))
	restore()
	if err == nil || !strings.Contains(err.Error(), savedPrefix) {
		t.Errorf("replaced: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if got := snapshot(t, parent); !strings.Contains(got, "only copy") {
		t.Errorf("kept is %q", got)
	}
}

// An error in making a temporary folder or file is the end of it, and leaves nothing:
// here, that there is no descriptor left.
func TestNew_without_descriptors(t *testing.T) {
	parent := t.TempDir()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Skip(err)
	}
	defer func() { _ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was) }()
	f, err := os.Open(parent)
	if err != nil {
		t.Fatal(err)
	}
	first := uint64(f.Fd())
	f.Close()
	failed := 0
	for free := range uint64(12) {
		limit := was
		limit.Cur = first + free
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Skip(err)
		}
		d, err := New(t.Context(), In{Root: parent})
		var r *Replacement
		fileErr := err
		if err == nil {
			err = d.Close()
			r, fileErr = NewReplacement(t.Context(), filepath.Join(parent, "file"), nil)
			if fileErr == nil {
				fileErr = r.Discard()
			}
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
			t.Fatal(err)
		}
		if err != nil || fileErr != nil {
			failed++
		}
		if err != nil && !errors.Is(err, syscall.EMFILE) {
			t.Errorf("%d descriptors: %v", free, err)
		}
		if entries, _ := os.ReadDir(parent); len(entries) > 0 {
			t.Fatalf("%d descriptors: %v is left after %v", free, entries, err)
		}
	}
	if failed == 0 {
		t.Error("none failed")
	}
}

// A file of ours is not read from, and not written to, where another put a folder or a
// link.
func TestReadOwn(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	path := filepath.Join(home, "ours", "cache")
	if err := Replace(t.Context(), path, []byte("text")); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadOwn(path, 4); string(text) != "text" || err != nil {
		t.Errorf("read %q, %v", text, err)
	}
	if _, err := ReadOwn(path, 3); !errors.Is(err, fsx.ErrTooLarge) {
		t.Errorf("of four bytes three: %v", err)
	}
	if err := errors.Join(os.Rename(path, filepath.Join(elsewhere, "cache")), os.Symlink(filepath.Join(elsewhere, "cache"), path)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadOwn(path, 4); err == nil {
		t.Error("read through a link")
	}
	if err := errors.Join(os.RemoveAll(filepath.Dir(path)), os.Symlink(elsewhere, filepath.Dir(path))); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadOwn(path, 4); err == nil {
		t.Error("read in a linked folder")
	}
	if err := Replace(t.Context(), path, []byte("more")); err == nil {
		t.Error("wrote to a linked folder")
	}
	if got := snapshot(t, elsewhere); got != "/cache=text;" {
		t.Errorf("elsewhere is %q", got)
	}
}

func TestReadOwn_of_another(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder to another")
	}
	path := filepath.Join(t.TempDir(), "ours", "cache")
	if err := Replace(t.Context(), path, []byte("text")); err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{path, filepath.Dir(path)} {
		if err := os.Chown(of, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadOwn(path, 4); err == nil {
			t.Errorf("read though %s is another's", of)
		}
	}
	if err := Replace(t.Context(), path, []byte("more")); err == nil {
		t.Error("wrote to another's folder")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("there is %v", entries)
	}
}
