package blob_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cargohome/internal/blob"
	"cargohome/internal/cargotest"
)

func openFolder(t *testing.T, dir string) blob.Store {
	t.Helper()
	s, err := blob.Open("file://"+filepath.ToSlash(dir), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestFolder(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so nothing can be replaced")
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	s := openFolder(t, dir)
	for info, err := range s.List(t.Context(), "") {
		t.Errorf("in what is not there is %+v (%v)", info, err)
	}
	if err := s.Delete(t.Context(), "x"); err != nil {
		t.Error(err)
	}
	testStore(t, s)
}

// Two that have a store open keep out of each other's way as two of one process do, and
// leave nothing but objects.
func TestFolder_two(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so nothing can be replaced")
	dir := t.TempDir()
	testCounters(t, &alternate{Store: openFolder(t, dir), other: openFolder(t, dir)}, "")
	leftovers, err := filepath.Glob(filepath.Join(dir, ".cargohome-tmp-*", "new", "*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left are %q (%v)", leftovers, err)
	}
}

// The tag is another also if the clock of who wrote last is ahead.
func TestFolder_clock(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so nothing can be replaced")
	dir := t.TempDir()
	s := openFolder(t, dir)
	must[string](t)(s.PutNew(t.Context(), "x", text("one")))
	ahead := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "x"), ahead, ahead); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"two", "six"} {
		old := must[blob.Info](t)(s.Stat(t.Context(), "x"))
		now := must[string](t)(s.PutIf(t.Context(), "x", old.Tag, text(content)))
		if info := must[blob.Info](t)(s.Stat(t.Context(), "x")); !info.Modified.After(old.Modified) || info.Tag != now {
			t.Errorf("after %+v comes %q, %+v", old, now, info)
		}
	}
}

// No name leads out of the folder, and what is no file is no object.
func TestFolder_links(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"out": outside, "file": filepath.Join(outside, "secret")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	s := openFolder(t, dir)
	for _, name := range []string{"out/secret", "file", "out"} {
		if _, _, err := s.Open(t.Context(), name); err == nil {
			t.Errorf("%s is opened", name)
		}
		if _, err := s.Stat(t.Context(), name); err == nil {
			t.Errorf("%s is there", name)
		}
	}
	for info, err := range s.List(t.Context(), "") {
		t.Errorf("listed is %+v (%v)", info, err)
	}
	if _, err := s.PutNew(t.Context(), "out/new", text("x")); err == nil {
		t.Error("what is outside is written to")
	}
	if _, err := os.Lstat(filepath.Join(outside, "new")); err == nil {
		t.Error("what is outside is written to")
	}
}

func TestOpen(t *testing.T) {
	none := func(string) string { return "" }
	for url, environment := range map[string]map[string]string{
		"file://relative": nil, "file://": nil, "s3://": nil, "s3:///x": nil, "s3://b/../x": nil, "s3://b/a//b": nil, "s3://b/.cargohome-tmp-1": nil,
		"s3://id:secret@b": nil,
		"s3://b":           {"AWS_ACCESS_KEY_ID": "id"},
		"s3://b1":          {"AWS_ENDPOINT_URL": "ftp://h"},
		"s3://b2":          {"AWS_ENDPOINT_URL": "https://id:secret@h"},
		"s3://b3":          {"AWS_PROFILE": "nobody", "HOME": "/nowhere"},
	} {
		s, err := blob.Open(url, func(name string) string { return environment[name] })
		if err == nil {
			t.Errorf("%s is a store: %s", url, s)
		} else {
			noSecret(t, err)
		}
	}
	for url, name := range map[string]string{"s3://bkt": "s3://bkt", "s3://bkt/": "s3://bkt", "s3://bkt/a/b/": "s3://bkt/a/b"} {
		s, err := blob.Open(url, none)
		if err != nil || s.String() != name {
			t.Errorf("%s is %v (%v)", url, s, err)
		}
	}
}
