// The portable way cannot tell a folder from another.

//go:build !portable

package staging

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/fsx"
)

// A folder that stays open between two places in it is given to another name, and its own
// to another folder or a link: things go where the name leads, or nowhere.
func TestDir_near(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	at := func(names ...string) string { return filepath.Join(append([]string{root}, names...)...) }
	if err := os.MkdirAll(at("a"), 0o777); err != nil {
		t.Fatal(err)
	}
	d, err := New(t.Context(), In{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	put := func(name string) error {
		stage, err := d.For(at("a", name))
		if err != nil {
			return err
		}
		tree, err := stage.Writer(name)
		if err != nil {
			return err
		}
		return errors.Join(tree.WriteFile("f", 0o666, []byte(name)), tree.Finish(), stage.Publish(name, at("a", name)))
	}
	if err := put("1"); err != nil || len(d.near) != 1 {
		t.Fatalf("%v, %d kept open", err, len(d.near))
	}
	if err := errors.Join(os.Rename(at("a"), at("b")), os.Mkdir(at("a"), 0o777), put("2")); err != nil {
		t.Fatal(err)
	}
	if got := snapshot(t, at("a")) + snapshot(t, at("b")); got != "/2/f=2;/1/f=1;" {
		t.Errorf("another folder: %q", got)
	}
	if err := errors.Join(os.Rename(at("a"), at("c")), os.Symlink("b", at("a"))); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return // only root can give a link to another
	}
	if err := errors.Join(os.Lchown(at("a"), 12345, 12345), put("3")); !errors.Is(err, fsx.ErrLink) {
		t.Errorf("another's link: %v", err)
	}
	if got := snapshot(t, at("b")) + snapshot(t, at("c")); got != "/1/f=1;/2/f=2;" {
		t.Errorf("another's link: %q", got)
	}
}

// So many folders stay open and no more, and none after Close.
func TestDir_near_bound(t *testing.T) {
	root := t.TempDir()
	before := descriptors(t)
	d, err := New(t.Context(), In{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * mostNear {
		folder := filepath.Join(root, fmt.Sprint(i))
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		if _, err := d.For(filepath.Join(folder, "x")); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.near) != mostNear {
		t.Errorf("%d are open", len(d.near))
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors, were %d", after, before)
	}
}

func descriptors(t *testing.T) int {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}
