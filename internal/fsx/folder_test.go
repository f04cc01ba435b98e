package fsx_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/fsx"
)

// open opens a folder until the test ends.
func open(t *testing.T, path string) fsx.Folder {
	t.Helper()
	d, err := fsx.OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(content), 0o666)); err != nil {
		t.Fatal(err)
	}
}

// More names than any buffer holds are each listed once.
func TestFolder_Names(t *testing.T) {
	dir := t.TempDir()
	want := []string{"folder d---------", "link L---------"}
	write(t, filepath.Join(dir, "folder", "in it"), "")
	if err := os.Symlink("folder", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for i := range 700 {
		name := fmt.Sprintf("%03d%s", i, strings.Repeat("x", i%250))
		write(t, filepath.Join(dir, name), "")
		want = append(want, name+" ----------")
	}
	slices.Sort(want)
	for _, buf := range [][]byte{nil, make([]byte, 512)} {
		d := open(t, dir)
		var got []string
		for l, err := range d.Names(buf) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, l.Name+" "+d.Type(l).String())
		}
		slices.Sort(got)
		if i := slices.IndexFunc(got, func(name string) bool { return !slices.Contains(want, name) }); i >= 0 {
			t.Errorf("a buffer of %d bytes: %q", len(buf), got[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("a buffer of %d bytes: %d names, want %d", len(buf), len(got), len(want))
		}
	}
	for range open(t, dir).Names(nil) {
		break // goes no further, and is not asked to
	}
	if list, err := open(t, dir).List(); err != nil || len(list) != len(want) {
		t.Errorf("List returns %d names, %v", len(list), err)
	}
	d := open(t, dir)
	if typ := d.Type(fsx.Listed{Name: "folder", Type: fsx.Untold}); typ != fs.ModeDir {
		t.Errorf("a type that was not told is %v", typ)
	}
	if typ := d.Type(fsx.Listed{Name: "gone", Type: fsx.Untold}); typ != fs.ModeIrregular {
		t.Errorf("the type of nothing is %v", typ)
	}
}

// A file comes in pieces, the last of which may fill the buffer as well.
func TestFolder_Read(t *testing.T) {
	dir := t.TempDir()
	for size, want := range map[int]string{0: "", 3: "abc", 4: "abcd", 5: "abcd|e", 8: "abcd|efgh"} {
		write(t, filepath.Join(dir, "file"), "abcdefgh"[:size])
		var pieces []string
		err := open(t, dir).Read("file", make([]byte, 4), func(piece []byte) error {
			pieces = append(pieces, string(piece))
			return nil
		})
		if got := strings.Join(pieces, "|"); got != want || err != nil {
			t.Errorf("%d bytes: %q, %v", size, got, err)
		}
	}
	errEnough := errors.New("enough")
	write(t, filepath.Join(dir, "file"), "abc")
	if err := open(t, dir).Read("file", make([]byte, 1), func([]byte) error { return errEnough }); err != errEnough {
		t.Errorf("an error of the callback became %v", err)
	}
}

// Nothing is reached by a link but what is asked to follow one.
func TestFolder_links(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "real", "file"), "12")
	d := open(t, dir)
	if err := errors.Join(d.Symlink("real", "link"), d.Symlink(filepath.Join("real", "file"), "filelink")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open("link"); err == nil {
		t.Error("Open follows a link")
	}
	if _, err := fsx.OpenFolderHere(filepath.Join(dir, "link")); err == nil {
		t.Error("OpenFolderHere follows a link")
	}
	if _, _, err := d.OpenRegular("filelink"); !errors.Is(err, fsx.ErrNotRegular) {
		t.Errorf("OpenRegular of a link: %v", err)
	}
	if err := d.Read("filelink", make([]byte, 4), func([]byte) error { return nil }); err == nil {
		t.Error("Read follows a link")
	}
	for _, enter := range []func() (fsx.Folder, error){
		func() (fsx.Folder, error) { return d.Enter("link") },
		func() (fsx.Folder, error) { return fsx.OpenFolder(filepath.Join(dir, "link")) },
		func() (fsx.Folder, error) { return fsx.OpenFolderHere(filepath.Join(dir, "real")) },
	} {
		in, err := enter()
		if err != nil {
			t.Error(err)
			continue
		}
		if data, err := in.ReadRegular("file", 2); string(data) != "12" || err != nil {
			t.Errorf("%q, %v", data, err)
		}
		if _, err := in.ReadRegular("file", 1); !errors.Is(err, fsx.ErrTooLarge) {
			t.Errorf("one of two bytes: %v", err)
		}
		in.Close()
	}
}

// A hard link is the same file, a copy is not; where files are told apart.
func TestID(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, "")
	write(t, filepath.Join(dir, "copy"), "")
	d := open(t, dir)
	if err := d.Link(path, "second"); err != nil {
		t.Skip(err)
	}
	f, info, err := d.OpenRegular("file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !d.IsAt("second", f) || d.IsAt("copy", f) || d.IsAt("gone", f) {
		t.Error("it is not told whether an open file has a name")
	}
	if fsx.Identify(dir) == (fsx.ID{}) {
		t.Skip("files are not told apart here")
	}
	first, err := d.Stat("file")
	second, err2 := fsx.Lstat(filepath.Join(dir, "second"))
	other, err3 := d.Stat("copy")
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	if first.ID != second.ID || first.ID == other.ID || fsx.IDOf(info) != first.ID || first.Links != 2 {
		t.Errorf("one file is %+v and %+v, another %+v", first, second, other)
	}
}
