package staging

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cargohome/internal/fsx"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// snapshot describes all below dir, by path and content.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		b.WriteString(strings.TrimPrefix(path, dir) + "=" + string(data) + ";")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDir_publish_and_close(t *testing.T) {
	parent := t.TempDir()
	write(t, filepath.Join(parent, "a/f"), "old")
	write(t, filepath.Join(parent, "gone/f"), "old")
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b"} {
		write(t, filepath.Join(d.Fresh(), name, "f"), "new")
		if err := d.Replace(name, filepath.Join(parent, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(d.Remove(filepath.Join(parent, "gone")), d.Remove(filepath.Join(parent, "never-there")), d.Close()); err != nil {
		t.Fatal(err)
	}
	if got, want := snapshot(t, parent), "/a/f=new;/b/f=new;"; got != want {
		t.Errorf("after Close: %s, want %s", got, want)
	}
}

func TestDir_undo(t *testing.T) {
	parent := t.TempDir()
	write(t, filepath.Join(parent, "a/f"), "old")
	write(t, filepath.Join(parent, "gone/f"), "old")
	before := snapshot(t, parent)
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(d.Fresh(), "a/f"), "new")
	write(t, filepath.Join(d.Fresh(), "b/f"), "new")
	for _, name := range []string{"a", "b"} {
		if err := d.Replace(name, filepath.Join(parent, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Remove(filepath.Join(parent, "gone")); err != nil {
		t.Fatal(err)
	}
	// One that fails leaves its target alone.
	if err := d.Replace("missing", filepath.Join(parent, "a")); err == nil {
		t.Error("published what is not there")
	}
	if data, _ := os.ReadFile(filepath.Join(parent, "a/f")); string(data) != "new" {
		t.Errorf("after a failed Publish a/f is %q, want new", data)
	}
	if err := errors.Join(d.Undo(), d.Close()); err != nil {
		t.Fatal(err)
	}
	if got := snapshot(t, parent); got != before {
		t.Errorf("after Undo: %s, want %s", got, before)
	}
}

func TestWriter(t *testing.T) {
	root := filepath.Join(t.TempDir(), "tree")
	tree, err := NewWriter(root)
	if err != nil {
		t.Fatal(err)
	}
	when := time.Unix(1000, 0)
	for _, path := range []string{"a/b/c", "a/b/d", "a/e", "ab/x", "top", "a/b/f"} {
		f, err := tree.Create(path, 0o640)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(path)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.SetTime(when), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := tree.Mkdir("sealed", 0o500); err != nil {
		t.Fatal(err)
	}
	if f, err := tree.Create("sealed/inside", 0o600); err != nil {
		t.Error(err)
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := tree.Create("top", 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("creating a file again: %v, want ErrExist", err)
	}
	if _, err := tree.Create("top/below", 0o600); err == nil {
		t.Error("created a file below a file")
	}
	if err := tree.Finish(); err != nil {
		t.Fatal(err)
	}
	if got, want := snapshot(t, root), "/a/b/c=a/b/c;/a/b/d=a/b/d;/a/b/f=a/b/f;/a/e=a/e;/ab/x=ab/x;/sealed/inside=;/top=top;"; got != want {
		t.Errorf("the tree is %s, want %s", got, want)
	}
	info, err := os.Stat(filepath.Join(root, "a/b/c"))
	if err != nil || !info.ModTime().Equal(when) || info.Mode() != 0o640 {
		t.Errorf("a/b/c has %v %v (%v)", info.Mode(), info.ModTime(), err)
	}
	if info, err := os.Stat(filepath.Join(root, "sealed")); err != nil || info.Mode().Perm() != 0o500 {
		t.Errorf("sealed has mode %v (%v), want 0500", info.Mode(), err)
	}
	if err := RemoveAll(root); err != nil {
		t.Error(err)
	}
}

// Sizes and times may need more than 32 bits, whatever the program is built for.
func TestFile_beyond_32_bits(t *testing.T) {
	tree, err := NewWriter(filepath.Join(t.TempDir(), "new"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := tree.Create("f", 0o666)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.SetTime(time.Unix(1<<33, 0)), f.Close(), tree.Finish()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(tree.Path(), "f"))
	if err != nil || strconv.IntSize == 64 && info.ModTime().Unix() != 1<<33 { // with 32 bits it cannot be looked at
		t.Errorf("%v, %v", info.ModTime(), err)
	}
}

// The second line of defence: a link that got into the tree is not followed.
func TestWriter_follows_no_link(t *testing.T) {
	outside := t.TempDir()
	root := filepath.Join(t.TempDir(), "tree")
	tree, err := NewWriter(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"dir", "file"} {
		if err := os.Symlink(filepath.Join(outside, name), filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	tree.known["dir"] = struct{}{} // as if the tree had made it
	for _, path := range []string{"dir/x", "file"} {
		if _, err := tree.Create(path, 0o600); err == nil {
			t.Errorf("created %s through a link", path)
		}
	}
	if err := tree.Finish(); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 0 {
		t.Errorf("%d entries outside", len(entries))
	}
}

func TestReplacement(t *testing.T) {
	dir := t.TempDir()
	real := write(t, filepath.Join(dir, "real"), "old")
	if err := os.Chmod(real, 0o604); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, filepath.Join(dir, "new/folder/file")} {
		r, err := NewReplacement(t.Context(), path, []byte("new"))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	discarded, err := NewReplacement(t.Context(), real, []byte("never"))
	if err != nil {
		t.Fatal(err)
	}
	if err := discarded.Discard(); err != nil {
		t.Error(err)
	}
	if got, want := snapshot(t, dir), "/link=new;/new/folder/file=new;/real=new;"; got != want {
		t.Errorf("files are %s, want %s", got, want)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is %v (%v)", info.Mode(), err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode() != 0o604 {
		t.Errorf("the mode is %v (%v), want 0604", info.Mode(), err)
	}
}

// needLocks skips what follows where folders cannot be locked.
func needLocks(t *testing.T, dir string) {
	t.Helper()
	d, err := fsx.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Lock() == fsx.ErrNoLocks {
		t.Skip("folders are not locked here, so what a killed run left stays")
	}
}

// A run deletes what killed runs left, and nothing that a live one still has.
func TestNew_sweeps(t *testing.T) {
	parent := t.TempDir()
	write(t, filepath.Join(parent, Prefix+"123/new/x"), "left")
	write(t, filepath.Join(parent, Prefix+"notes/x"), "not ours")
	write(t, filepath.Join(parent, ".other/x"), "not ours")
	live, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(live.Fresh(), "x"), "live")
	second, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	needLocks(t, parent)
	if _, err := os.Stat(filepath.Join(live.Fresh(), "x")); err != nil {
		t.Errorf("the live run's folder: %v", err)
	}
	if err := errors.Join(live.Close(), second.Close()); err != nil {
		t.Error(err)
	}
	if got, want := snapshot(t, parent), "/.cargohome-tmp-notes/x=not ours;/.other/x=not ours;"; got != want {
		t.Errorf("left is %s, want %s", got, want)
	}
}

// Workers that put things into a folder which is missing make it once, and get on.
func TestDir_publish_beside(t *testing.T) {
	for range 50 {
		parent := t.TempDir()
		d, err := New(t.Context(), In{Root: parent})
		if err != nil {
			t.Fatal(err)
		}
		var workers sync.WaitGroup
		for i := range 4 {
			name := strconv.Itoa(i)
			if err := os.Mkdir(filepath.Join(d.Fresh(), name), 0o777); err != nil {
				t.Fatal(err)
			}
			workers.Go(func() {
				if err := d.Publish(name, filepath.Join(parent, "a", "b", name)); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Runs that begin at once never take each other's folder for a leftover.
func TestNew_concurrently(t *testing.T) {
	parent := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				d, err := New(t.Context(), In{Root: parent})
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(d.Fresh(), "x"), nil, 0o666); err != nil {
					t.Error(err)
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if entries, _ := os.ReadDir(parent); len(entries) > 0 {
		t.Errorf("%d entries are left", len(entries))
	}
}

// The clock goes on, and leaves nothing.
// What is missing of the folder may be made by somebody else in the same moment.
func TestNew_made_meanwhile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	restore := Inject(func(op Op, path string) error {
		if op == OpMkdir && path == filepath.Dir(dir) {
			_ = os.Mkdir(path, 0o777)
		}
		return nil
	})
	defer restore()
	d, err := New(t.Context(), At(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestDir_Now(t *testing.T) {
	parent := t.TempDir()
	d, err := New(t.Context(), In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	first, err := d.Now()
	time.Sleep(20 * time.Millisecond) // more than a tick
	second, err2 := d.Now()
	if err := errors.Join(err, err2, d.Publish("", filepath.Join(parent, "new")), d.Close()); err != nil {
		t.Fatal(err)
	}
	if !second.After(first) && !first.IsZero() {
		t.Errorf("first %v, then %v", first, second)
	}
	if got := snapshot(t, parent); got != "" {
		t.Errorf("there is %q", got)
	}
}
