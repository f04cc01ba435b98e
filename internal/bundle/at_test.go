package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cargohome/internal/bundle"
	"cargohome/internal/cargotest"
	"cargohome/internal/tarball"
)

// many has pieces of all kinds: of one content and of many, and two that are too large to be
// held.
func many() contents {
	c := sample()
	for i := range 300 {
		c[fmt.Sprintf("registry/cache/%s/many-1.%d.0.crate", cargotest.CratesIO, i)] = strings.Repeat("many ", i*i)
	}
	for _, name := range []string{"huge", "vast"} {
		c[fmt.Sprintf("registry/cache/%s/%s-1.0.0.crate", cargotest.CratesIO, name)] = strings.Repeat(name, 13<<20/4)
	}
	return c
}

// What several write to a file at once is what one writes to a stream.
func TestWrite_at(t *testing.T) {
	c := many()
	want := write(t, c, c.manifest(), bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}})
	for _, jobs := range []int{0, 1, 2, 5} {
		file, err := os.Create(filepath.Join(t.TempDir(), "b.tar"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		m := c.manifest()
		var mu sync.Mutex
		told := map[string]int{}
		o := bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar, Jobs: jobs}, Progress: func(e *bundle.Entry) {
			mu.Lock()
			defer mu.Unlock()
			told[e.Path]++
		}}
		if err := bundle.Write(t.Context(), file, m, o, c.of(m)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file.Name()); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d jobs: %d bytes, want %d, or other ones (%v)", jobs, len(got), len(want), err)
		}
		for path := range c {
			if told[path] != 1 {
				t.Errorf("%d jobs: told %d times of %s", jobs, told[path], path)
			}
		}
	}
}

// damaged opens contents of which some are not what the manifest says.
func (c contents) damaged(m *bundle.Manifest, names ...string) func(i int) (io.ReadCloser, error) {
	return func(i int) (io.ReadCloser, error) {
		data := c[m.Entries[i].Path]
		for _, name := range names {
			if strings.HasSuffix(m.Entries[i].Path, name) {
				data = "!" + data[1:]
			}
		}
		return io.NopCloser(strings.NewReader(data)), nil
	}
}

// One content that is not right is the end of it, wherever it lies.
func TestWrite_at_damaged(t *testing.T) {
	c := many()
	for _, name := range []string{"many-1.1.0.crate", "many-1.299.0.crate", "huge-1.0.0.crate", "config.json", "large-1.0.0+meta.crate"} {
		file, err := os.Create(filepath.Join(t.TempDir(), "b.tar"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		m := c.manifest()
		err = bundle.Write(t.Context(), file, m, bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}}, c.damaged(m, name))
		if e, ok := errors.AsType[*bundle.Error](err); !ok || !strings.HasSuffix(e.Entry, name) || !errors.Is(err, bundle.ErrEntry) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// fullFile takes some calls, and no more.
type fullFile struct {
	mu   sync.Mutex
	left int
}

var errNoSpace = errors.New("no space left")

func (f *fullFile) Write(b []byte) (int, error) { return f.WriteAt(b, 0) }

func (f *fullFile) WriteAt(b []byte, _ int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left < 0 {
		return 0, errNoSpace
	}
	return len(b), nil
}

// Any call that writes may fail.
func TestWrite_at_full(t *testing.T) {
	c := sample()
	for n := 0; ; n++ {
		m := c.manifest()
		f := &fullFile{left: n}
		err := bundle.Write(t.Context(), f, m, bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}}, c.of(m))
		if f.left >= 0 && err == nil {
			break
		}
		if !errors.Is(err, errNoSpace) {
			t.Fatalf("after %d calls: %v", n, err)
		}
	}
}
