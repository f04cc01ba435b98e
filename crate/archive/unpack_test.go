package archive_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

// unpack unpacks an archive as unpackInto does and returns cargotest's listing of
// the package's folder.
func unpack(t *testing.T, data []byte, include archive.Include) (string, error) {
	t.Helper()
	dir, err := unpackInto(t, data, include)
	if err != nil {
		return "", err
	}
	listing, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return listing, nil
}

// unpackInto unpacks an archive as those who use this package do: into a temporary
// folder, which is published only if there was no error. It returns the folder, and
// makes sure that nothing else was made, nor a sentinel beside it touched.
func unpackInto(t *testing.T, data []byte, include archive.Include) (string, error) {
	t.Helper()
	parent := t.TempDir()
	sentinel, dir := filepath.Join(parent, "sentinel"), filepath.Join(parent, "package")
	if err := os.WriteFile(sentinel, []byte("untouched"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = staging.RemoveAll(dir) }) // its folders may not be for writing to
	err := publish(t, parent, dir, data, include)
	if data, err := os.ReadFile(sentinel); string(data) != "untouched" {
		t.Fatalf("the sentinel is %q (%v)", data, err)
	}
	want := 2
	if err != nil {
		want = 1
	}
	if entries, _ := os.ReadDir(parent); len(entries) != want {
		t.Fatalf("%v is there, want the sentinel and what was published", entries)
	}
	return dir, err
}

func publish(t *testing.T, parent, dir string, data []byte, include archive.Include) error {
	t.Helper()
	stage, err := staging.New(t.Context(), staging.In{Root: parent})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := stage.Writer("package")
	if err != nil {
		t.Fatal(err)
	}
	var u archive.Unpacker
	a := archive.InMemory(hostileID, data)
	contents, unpackErr := u.Unpack(t.Context(), archive.InTree(tree), a, include)
	if err := tree.Finish(); err != nil {
		t.Fatal(err)
	}
	if include == nil {
		checkReport(t, &u, a, contents, unpackErr)
	}
	if unpackErr == nil {
		checkContents(t, tree.Path(), contents)
		if err := stage.Publish("package", dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := stage.Close(); err != nil {
		t.Fatal(err)
	}
	return unpackErr
}

// checkReport makes sure that what is found by looking is what came of unpacking.
func checkReport(t *testing.T, u *archive.Unpacker, a archive.Archive, contents *archive.Contents, unpackErr error) {
	t.Helper()
	report, err := u.Check(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	switch err = report.Err(); {
	case unpackErr == nil && err == nil:
		if !reflect.DeepEqual(report.Contents, *contents) {
			t.Errorf("checked it is %v, unpacked %v", report.Contents, *contents)
		}
	case (err == nil) != (unpackErr == nil) || !errors.Is(err, archive.ErrTaken) && err.Error() != unpackErr.Error():
		t.Errorf("checked: %v, unpacked: %v", err, unpackErr)
	}
}

// checkContents compares what Unpack reports with what is on disk, as far as modes
// allow.
func checkContents(t *testing.T, dir string, c *archive.Contents) {
	t.Helper()
	if !slices.IsSortedFunc(c.Files, func(a, b archive.File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("files are not sorted")
	}
	var size int64
	for _, f := range c.Files {
		size += f.Size
		data, err := os.ReadFile(filepath.Join(dir, f.Path))
		switch {
		case os.IsPermission(err):
		case err != nil:
			t.Error(err)
		case int64(len(data)) != f.Size || crate.Sum(data) != f.Sum:
			t.Errorf("%q is reported as %d bytes, %s", f.Path, f.Size, f.Sum)
		}
	}
	if n := countFiles(t, dir); size != c.Size || n != len(c.Files) {
		t.Errorf("%d files are reported as %d of %d bytes, these together having %d", n, len(c.Files), c.Size, size)
	}
}

func countFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func file(name, data string) []byte { return cargotest.Entry(cargotest.Header{Name: name}, data) }

func tarOf(entries ...[]byte) []byte {
	return append(slices.Concat(entries...), cargotest.EndOfTar...)
}

// manifest is the entry without which no archive is accepted.
var manifest = file("evil-1.0.0/Cargo.toml", "[package]\nname = \"evil\"\nversion = \"1.0.0\"\n")

// What the filter rejects is passed over, and whoever rejects the manifest gets
// none looked at.
func TestUnpack_filter(t *testing.T) {
	tar := tarOf(file("evil-1.0.0/drop", ""), file("evil-1.0.0/keep", ""), file("evil-1.0.0/d/drop", ""), file("evil-1.0.0/Cargo.toml", "other"))
	listing, err := unpack(t, cargotest.Gzip("x", tar), func(path string) bool { return path == "keep" })
	if err != nil || strings.Count(listing, "\n") != 1 {
		t.Errorf("listing %q, error %v; want only keep", listing, err)
	}
}

// An unpacker that has seen one manifest does not take it for that of the next.
func TestUnpack_again(t *testing.T) {
	var u archive.Unpacker
	for i, data := range [][]byte{cargotest.Gzip("x", tarOf(manifest)), cargotest.Gzip("x", tarOf())} {
		tree, err := staging.NewWriter(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = u.Unpack(t.Context(), archive.InTree(tree), archive.InMemory(hostileID, data), nil)
		if (err == nil) != (i == 0) {
			t.Errorf("archive %d: %v", i, err)
		}
		if err := tree.Finish(); err != nil {
			t.Error(err)
		}
	}
}

// The bytes are checked to the end, before any other fault is reported.
func TestUnpack_checksum(t *testing.T) {
	good := cargotest.Gzip("x", tarOf(manifest, file("evil-1.0.0/x", "data")))
	for name, data := range map[string][]byte{
		"trailing_byte": append(slices.Clone(good), 0),
		"truncated":     good[:len(good)-12],
		"not_gzip":      []byte("hello, world"),
		"empty":         nil,
		"flipped":       append(slices.Clone(good[:len(good)-1]), good[len(good)-1]^1),
	} {
		var u archive.Unpacker
		tree, err := staging.NewWriter(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		a := archive.InMemory(hostileID, data)
		a.Checksum = crate.Sum(good)
		_, err = u.Unpack(t.Context(), archive.InTree(tree), a, nil)
		wrong, ok := errors.AsType[*archive.ChecksumError](err)
		if !ok || *wrong != (archive.ChecksumError{Want: a.Checksum, Got: crate.Sum(data), Truncated: name == "truncated" || name == "empty"}) {
			t.Errorf("%s: error is %#v, want a ChecksumError", name, err)
		}
		if err := tree.Finish(); err != nil {
			t.Error(err)
		}
	}
}
