// The portable way makes no calls of its own.

//go:build !portable

package staging

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// What goes by a network or another process may hang.
func TestLocalTypes(t *testing.T) {
	for name, magic := range map[string]int64{
		"nfs": unix.NFS_SUPER_MAGIC, "fuse": unix.FUSE_SUPER_MAGIC, "smb": unix.SMB_SUPER_MAGIC, "smb2": unix.SMB2_SUPER_MAGIC, "cifs": unix.CIFS_SUPER_MAGIC,
		"9p": unix.V9FS_MAGIC, "ceph": unix.CEPH_SUPER_MAGIC, "afs": unix.AFS_FS_MAGIC, "coda": unix.CODA_SUPER_MAGIC, "pipes": unix.PIPEFS_MAGIC, "none": 0,
	} {
		if slices.Contains(localTypes, magic) {
			t.Errorf("%s is taken for local", name)
		}
	}
	if waitsForNone(-1) {
		t.Error("what cannot be asked is taken for local")
	}
}

// Both ways of calling make the same, and folders within one are called on likewise.
func TestTree_quick(t *testing.T) {
	for _, quick := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "tree")
		tree, err := NewTree(dir)
		if err != nil {
			t.Fatal(err)
		}
		tree.open[0].dir.quick = quick
		f, err := tree.Create("a/b/file", 0o640)
		if err != nil {
			t.Fatal(err)
		}
		if f.h.quick != quick {
			t.Errorf("quick is %t in a folder below, want %t", f.h.quick, quick)
		}
		if _, err := f.Write([]byte("content")); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err := tree.Finish(); err != nil {
			t.Error(err)
		}
		if data, err := os.ReadFile(filepath.Join(dir, "a/b/file")); string(data) != "content" || err != nil {
			t.Errorf("%q, %v", data, err)
		}
	}
}
