// The portable way makes no calls of its own.

//go:build !portable

package fsx

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"time"

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
	if d := (Folder{fd: -1}); d.ForWriting().quick || d.ForReading().quick {
		t.Error("what cannot be asked is taken for local")
	}
}

// Both ways of calling make the same, and folders within one are called on likewise.
func TestFile_quick(t *testing.T) {
	for _, quick := range []bool{false, true} {
		dir := t.TempDir()
		outer, err := OpenFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer outer.Close()
		outer.quick = quick
		if err := outer.Mkdir("a", 0o777); err != nil {
			t.Fatal(err)
		}
		inner, err := outer.Open("a")
		if err != nil {
			t.Fatal(err)
		}
		defer inner.Close()
		f, err := inner.Create("file", 0o640)
		if err != nil {
			t.Fatal(err)
		}
		if f.quick != quick {
			t.Errorf("quick is %t in a folder below, want %t", f.quick, quick)
		}
		if _, err := f.Write([]byte("content")); err != nil {
			t.Error(err)
		}
		when := time.Unix(1153704088, 0)
		if err := errors.Join(f.SetTime(when), f.Close()); err != nil {
			t.Error(err)
		}
		if e, err := inner.Stat("file"); err != nil || !e.Modified.Equal(when) || e.Mode != 0o640&^Umask() || e.Size != 7 {
			t.Errorf("it is %+v, %v", e, err)
		}
		read := ""
		err = inner.Read("file", make([]byte, 4), func(piece []byte) error {
			read += string(piece)
			return nil
		})
		if read != "content" || err != nil {
			t.Errorf("%q, %v", read, err)
		}
		listed, err := inner.OpenListed("file")
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(listed)
		if string(data) != "content" || err != nil || listed.Size() != 7 || listed.Perm() != 0o640&^Umask() {
			t.Errorf("%q, %v, of %d bytes and mode %o", data, err, listed.Size(), listed.Perm())
		}
		if err := listed.Close(); err != nil || listed.Close() == nil {
			t.Errorf("closed: %v, and once more", err)
		}
		if data, err := inner.ReadRegular("file", 7); string(data) != "content" || err != nil {
			t.Errorf("%q, %v", data, err)
		}
		if _, err := inner.Create("file", 0o640); !errors.Is(err, fs.ErrExist) {
			t.Errorf("made once more: %v", err)
		}
	}
}

// What has taken the place of a file that was listed is not waited for, nor followed.
func TestFolder_OpenListed(t *testing.T) {
	at := t.TempDir()
	dir, err := OpenFolder(at)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := errors.Join(unix.Mkfifo(filepath.Join(at, "pipe"), 0o666), dir.Mkdir("folder", 0o777), dir.Symlink("/dev/zero", "link")); err != nil {
		t.Fatal(err)
	}
	for _, d := range []Folder{dir, dir.ForReading()} {
		for _, name := range []string{"pipe", "folder"} {
			if f, err := d.OpenListed(name); f != nil || !errors.Is(err, ErrNotRegular) {
				t.Errorf("%s: %v, %v", name, f, err)
			}
		}
		for _, name := range []string{"link", "none"} {
			if f, err := d.OpenListed(name); f != nil || err == nil {
				t.Errorf("%s is opened", name)
			}
		}
	}
}

// Where another file system is mounted in a folder that is read, that one counts.
func TestFolder_ForReading(t *testing.T) {
	proc, err := OpenFolder("/proc")
	if err != nil {
		t.Skip("there is no /proc")
	}
	defer proc.Close()
	if proc = proc.ForReading(); proc.quick {
		t.Error("/proc is taken for a disk")
	}
	proc.quick = true // as if it were the one that it is mounted on
	below, err := proc.Open("sys")
	if err != nil {
		t.Fatal(err)
	}
	defer below.Close()
	if below.quick || !below.reads {
		t.Errorf("below it is taken for %+v", below)
	}
}
