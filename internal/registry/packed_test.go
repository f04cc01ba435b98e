package registry_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/cargotest"
	"cargohome/internal/redeflate"
	"cargohome/internal/registry"
	"cargohome/internal/tarball"
)

// spool keeps the frames of a bundle in memory.
type spool struct{ data []byte }

func (s *spool) Put(data []byte) (int64, error) {
	s.data = append(s.data, data...)
	return int64(len(s.data) - len(data)), nil
}

func (s *spool) Open(at, size int64) io.ReadCloser {
	return io.NopCloser(bytes.NewReader(s.data[at : at+size]))
}

// packable are crates of which each has frames of its own.
func packable() (crates []cargotest.Crate) {
	for _, name := range []string{"a", "b", "c"} {
		noise := make([]byte, 1<<20+len(crates))
		rand.NewChaCha8([32]byte{}).Read(noise) // which never fails
		files := []cargotest.File{{Path: "x", Content: string(noise)}}
		crates = append(crates, cargotest.Crate{Name: name, Version: "1.0.0", Encoder: redeflate.ZlibRs06, Files: files})
	}
	return crates
}

// packed is a bundle of crates, with a byte changed, and the home in which they are to be made.
func packed(t *testing.T, wrongAt func(size int) int, limit int64) registry.Place {
	t.Helper()
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	m := &bundle.Manifest{}
	crates := packable()
	for _, c := range crates {
		h.Add(c)
		archive := c.Archive()
		m.Entries = append(m.Entries, bundle.Entry{
			Path: "registry/cache/" + cargotest.CratesIO + "/" + c.Stem() + ".crate", Size: int64(len(archive)), Sum: crate.Sum(archive), Package: c.Name + " " + c.Version,
		})
	}
	if err := os.RemoveAll(filepath.Join(h.Dir, "registry/cache")); err != nil {
		t.Fatal(err)
	}
	o := bundle.WriteOptions{Options: tarball.Options{Format: tarball.Zstd, Seekable: true, Jobs: 1}, Small: new(spool)}
	var b bytes.Buffer
	err := bundle.Write(t.Context(), &b, m, o, func(i int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(crates[i].Archive())), nil })
	if err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	if wrongAt != nil {
		data[wrongAt(len(data))] ^= 1
	}
	r, err := bundle.NewReader(bytes.NewReader(data), &bundle.Options{Name: "small.tar.zst"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	shelf, err := r.Shelf(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := registry.NewPacked(shelf, r.Manifest, h.Dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	return registry.Place{Home: h.Dir, Packed: p}
}

// made lists the archives that are there.
func made(t *testing.T, p registry.Place) (names []string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(p.Home, "registry/cache", cargotest.CratesIO))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// An archive is made when it is asked for, and again when it had to make room.
func TestLive_packed(t *testing.T) {
	p := packed(t, nil, 3<<19)
	l, err := registry.NewLive(&registry.LiveOptions{Places: []registry.Place{p}, Jobs: 2, Read: func(int64) {}, LeftOut: func(o registry.LeftOut) { t.Error(o) }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, total, err := l.Search(t.Context(), &registry.Query{}); err != nil || total != 3 {
		t.Errorf("there are %d crates (%v)", total, err)
	}
	if got := made(t, p); len(got) != 0 {
		t.Errorf("before anybody asks there are %v", got)
	}
	if hits, _, err := l.Search(t.Context(), &registry.Query{Count: 3}); err != nil || len(hits) != 3 {
		t.Errorf("at once there are %v (%v)", hits, err)
	}
	for range 2 {
		for _, c := range packable() {
			if got := archiveOf(t, l, c.Name); !bytes.Equal(got, c.Archive()) {
				t.Errorf("%s has %d bytes", c.Name, len(got))
			}
			if got := made(t, p); len(got) != 1 || got[0] != c.Stem()+".crate" {
				t.Errorf("when %s was asked for there are %v", c.Name, got)
			}
		}
	}
}

func archiveOf(t *testing.T, l *registry.Live, name string) []byte {
	t.Helper()
	o, err := l.Open(t.Context(), "crates-io", name, name+"-1.0.0.crate")
	if err != nil {
		t.Error(err)
		return nil
	}
	defer o.Close()
	data, err := io.ReadAll(o)
	if err != nil {
		t.Error(err)
	}
	return data
}

// What cannot be made is named, neither listed nor served, and the others are.
func TestLive_packed_damaged(t *testing.T) {
	p := packed(t, func(size int) int { return size / 2 }, 1<<30)
	var leftOut []registry.LeftOut
	l, err := registry.NewLive(&registry.LiveOptions{Places: []registry.Place{p}, Jobs: 2, Read: func(int64) {}, LeftOut: func(o registry.LeftOut) { leftOut = append(leftOut, o) }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range packable() {
		_, err := l.Entries(t.Context(), "crates-io", "1/"+c.Name)
		_, opened := l.Open(t.Context(), "crates-io", c.Name, c.Stem()+".crate")
		if is := c.Name == "b"; errors.Is(err, fs.ErrNotExist) != is || errors.Is(opened, fs.ErrNotExist) != is {
			t.Errorf("%s: %v, %v", c.Name, err, opened)
		}
	}
	if len(leftOut) != 1 || leftOut[0].ID.Name != "b" || leftOut[0].Path != "" {
		t.Errorf("left out are %+v", leftOut)
	}
}
