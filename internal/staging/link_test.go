package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestWriter_Symlink(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	tree, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Symlink("../nowhere", "a/link"); err != nil {
		t.Fatal(err)
	}
	if err := tree.Symlink("x", "a/link"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second link: %v, want fs.ErrExist", err)
	}
	if _, err := tree.Create("a/link", 0o666); !errors.Is(err, fs.ErrExist) {
		t.Errorf("file in place of a link: %v, want fs.ErrExist", err)
	}
	if _, err := tree.Create("a/link/x", 0o666); err == nil {
		t.Error("wrote below a link")
	}
	if err := tree.Finish(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.Readlink(filepath.Join(dir, "a", "link")); err != nil || got != filepath.FromSlash("../nowhere") {
		t.Errorf("link leads to %q, %v", got, err)
	}
}

// Writers that share a folder make the same folders, and still follow no link.
func TestWriter_Share(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	first, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		tree, err := first.Share()
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for j := range 50 {
				f, err := tree.Create(fmt.Sprintf("a/%d/b/%d", j, i), 0o666)
				if err != nil {
					t.Error(err)
					return
				}
				f.Close()
			}
			if err := tree.Finish(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if names, _ := filepath.Glob(filepath.Join(dir, "a/*/b/*")); len(names) != 200 {
		t.Errorf("%d files, want 200", len(names))
	}
	if err := first.Symlink("..", "a/up"); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Create("a/up/x", 0o666); err == nil {
		t.Error("a shared tree wrote through a link")
	}
	if err := first.Finish(); err != nil {
		t.Error(err)
	}
}
