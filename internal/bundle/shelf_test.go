package bundle_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/bundle"
	"cargohome/internal/cargotest"
	"cargohome/internal/redeflate"
)

// shelf is that of a small bundle, and the paths of its archives.
func shelf(t *testing.T, data []byte) (*bundle.Shelf, []string) {
	t.Helper()
	r, err := bundle.NewReader(bytes.NewReader(data), &bundle.Options{Name: "b"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := r.Shelf(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for i := range r.Manifest.Entries {
		if e := &r.Manifest.Entries[i]; e.Kind() == bundle.ArchiveEntry {
			paths = append(paths, e.Path)
		}
	}
	return s, paths
}

// takes takes archives, and returns those that were taken and why others were not.
func takes(t *testing.T, s *bundle.Shelf, want contents, paths ...string) (errs []error) {
	t.Helper()
	return s.Take(t.Context(), paths, func(e *bundle.Entry, write func(io.Writer) error) error {
		var b strings.Builder
		if err := write(&b); err != nil {
			return err
		}
		if b.String() != want[e.Path] {
			t.Errorf("%s has %d bytes, not %d, or other ones", e.Path, b.Len(), len(want[e.Path]))
		}
		return nil
	})
}

// Each archive is made, whether alone or with others.
func TestShelf(t *testing.T) {
	c := several()
	for path, data := range shrinkable(t) {
		c[path] = data
	}
	s, paths := shelf(t, write(t, c, archivesOf(c), small(0)))
	for _, list := range [][]string{paths, paths[:1], paths[3:5], {paths[0], paths[len(paths)-1]}} {
		if errs := takes(t, s, c, list...); slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
			t.Errorf("%v: %v", list, errs)
		}
	}
	for _, path := range paths {
		if errs := takes(t, s, c, path); errs[0] != nil {
			t.Error(errs[0])
		}
	}
	for _, none := range []string{"", cache + "none-2.0.0.crate", "../x"} {
		if errs := takes(t, s, c, none, paths[0]); errs[0] == nil || errs[1] != nil {
			t.Errorf("%q: %v", none, errs)
		}
	}
}

// Of what is damaged nothing is taken for an archive, and the rest is made as ever.
func TestShelf_damaged(t *testing.T) {
	c := several()
	data := write(t, c, archivesOf(c), small(0))
	wrong := slices.Clone(data)
	wrong[len(data)*3/8] ^= 1 // of the second of four
	s, paths := shelf(t, wrong)
	for i, err := range takes(t, s, c, paths...) {
		if is := strings.Contains(paths[i], "groupb"); (err != nil) != is {
			t.Errorf("%s: %v", paths[i], err)
		} else if is && !strings.HasPrefix(err.Error(), "b: groupb 1.0.0: entry ") {
			t.Errorf("it is called %q", err)
		}
	}
}

// A table that lies leads to no other archive.
func TestShelf_hostile(t *testing.T) {
	c := several()
	eachLie(t, write(t, c, archivesOf(c), small(0)), func(name string, data []byte) {
		r, err := bundle.NewReader(bytes.NewReader(data), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		s, err := r.Shelf(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		path := cache + "groupc-1.0.0.crate"
		if err := takes(t, s, c, path)[0]; err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	})
}

// An archive is not what a bundle says that it is: whatever is wrong, it is refused by its name.
func TestReader_WriteArchive(t *testing.T) {
	for name, lie := range map[string]func(l *cargotest.SmallLine){
		"":                    func(*cargotest.SmallLine) {},
		"another encoder":     func(l *cargotest.SmallLine) { l.Encoder = redeflate.Miniz },
		"another archive":     func(l *cargotest.SmallLine) { l.Sum = strings.Repeat("0", 64) },
		"an archive of more":  func(l *cargotest.SmallLine) { l.Size++ },
		"an archive of less":  func(l *cargotest.SmallLine) { l.Size-- },
		"a content cut short": func(l *cargotest.SmallLine) { l.Content = l.Content[:512] },
	} {
		l := cargotest.SmallSample()
		lie(&l)
		r, err := bundle.NewReader(bytes.NewReader(cargotest.SmallBundle(l).Bytes()), &bundle.Options{Name: "b"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		err = r.WriteArchive(t.Context(), &b)
		refused, _ := errors.AsType[*bundle.Error](err)
		switch {
		case name == "" && (err != nil || !bytes.Equal(b.Bytes(), cargotest.SmallCrate.Archive())):
			t.Errorf("a sound one makes %d bytes (%v)", b.Len(), err)
		case name != "" && (refused == nil || refused.Bundle != "b" || refused.Package != "a 1.0.0"):
			t.Errorf("%s: %v", name, err)
		}
		r.Close()
	}
}
