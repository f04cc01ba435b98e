package bundle_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/cargotest"
	"cargohome/internal/redeflate"
	"cargohome/internal/tarball"
)

const cache = "registry/cache/" + cargotest.CratesIO + "/"

// waiting is a spool in memory.
type waiting struct {
	mu   sync.Mutex
	data []byte
}

func (w *waiting) Put(data []byte) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := len(w.data)
	w.data = append(w.data, data...)
	return int64(at), nil
}

func (w *waiting) Open(at, size int64) io.ReadCloser {
	return io.NopCloser(bytes.NewReader(w.data[at : at+size]))
}

// small are options for a small bundle.
func small(jobs int) bundle.WriteOptions {
	return bundle.WriteOptions{Options: tarball.Options{Format: tarball.Zstd, Seekable: true, Jobs: jobs}, Small: new(waiting)}
}

// letters are size bytes that can be packed to half.
func letters(size int) string {
	r := rand.New(rand.NewPCG(1, uint64(size)))
	b := make([]byte, size)
	for i := range b {
		b[i] = "abcdefghijklmnop"[r.IntN(16)]
	}
	return string(b)
}

// shrinkable has archives of all encoders, one that none has made, and two that are no
// gzip.
func shrinkable(t *testing.T) contents {
	t.Helper()
	c := sample()
	for e := redeflate.Zlib; e <= redeflate.ZlibLarge; e++ {
		c[cache+"e-1."+string('0'+rune(e))+".0.crate"] = string(cargotest.Crate{Name: "e", Version: "1", Encoder: e}.Archive())
	}
	c[cache+"other-1.0.0.crate"] = string(cargotest.Crate{Name: "other", Version: "1.0.0"}.Archive())
	c[cache+"none-1.0.0.crate"] = "no archive"
	c[cache+"short-1.0.0.crate"] = "x"
	return c
}

// wide has an archive whose content is not held at once.
func wide() contents {
	var tar strings.Builder
	for i := range 1<<10 + 1 {
		tar.WriteString(letters(1<<14) + letters(1<<10 + i)[i:])
	}
	return contents{cache + "wide-1.0.0.crate": string(cargotest.GzipBy(redeflate.ZlibRs06, "wide", []byte(tar.String())))}
}

// archivesOf names the packages, as versions of one crate share a frame.
func archivesOf(c contents) *bundle.Manifest {
	m := c.manifest()
	for i := range m.Entries {
		if name, ok := strings.CutPrefix(m.Entries[i].Path, cache); ok {
			m.Entries[i].Package = strings.Replace(strings.TrimSuffix(name, ".crate"), "-", " ", 1)
		}
	}
	return m
}

// What is in archives is written, is the same whoever writes, and makes the archives again.
func TestWrite_small(t *testing.T) {
	want := shrinkable(t)
	var first []byte
	for _, jobs := range []int{1, 2, 7} {
		data := write(t, want, archivesOf(want), small(jobs))
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Errorf("other bytes with %d jobs", jobs)
		}
	}
	if n := readSmall(t, first, want); n != 5 {
		t.Errorf("%d archives are made of their content, want 5", n)
	}
	want = wide()
	for _, seekable := range []bool{true, false} {
		o := small(0)
		o.Seekable = seekable
		if n := readSmall(t, write(t, want, archivesOf(want), o), want); n != 1 {
			t.Error("a large archive is not made of its content")
		}
	}
}

// One frame of all archives is less than several, the same whoever makes it, and has no table.
func TestWrite_small_stream(t *testing.T) {
	want := several()
	var first []byte
	for _, jobs := range []int{1, 2, 7} {
		o := small(jobs)
		o.Seekable = false
		data := write(t, want, archivesOf(want), o)
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Errorf("other bytes with %d jobs", jobs)
		}
	}
	if n := readSmall(t, first, want); n != 4 {
		t.Errorf("%d archives are made of their content, want 4", n)
	}
	if several := write(t, want, archivesOf(want), small(0)); len(first)*2 > len(several) {
		t.Errorf("it has %d bytes, and in several frames %d", len(first), len(several))
	}
	if _, err := tarball.OpenSeekable(bytes.NewReader(first), int64(len(first))); !errors.Is(err, tarball.ErrNoTable) {
		t.Error(err)
	}
}

// readSmall makes archives again, and returns of how many there was the content.
func readSmall(t *testing.T, data []byte, want contents) (rebuilt int) {
	t.Helper()
	m, got, err := readAll(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Entries {
		e := &m.Entries[i]
		have := got[e.Path]
		if e.Content != nil {
			var archive bytes.Buffer
			if err := e.Content.Rebuild(&archive, strings.NewReader(have), nil, nil); err != nil {
				t.Errorf("%s: %v", e.Path, err)
			}
			if crate.Sum([]byte(have)) != e.Content.Sum {
				t.Errorf("%s: its content has another checksum", e.Path)
			}
			have = archive.String()
			rebuilt++
		}
		if have != want[e.Path] {
			t.Errorf("%s has %d bytes, not %d, or other ones", e.Path, len(have), len(want[e.Path]))
		}
	}
	return rebuilt
}

// Any program reads the bundle; what it calls the content is not what it calls an archive.
func TestWrite_small_as_tar(t *testing.T) {
	c := contents{cache + "a-1.0.0.crate": string(cargotest.Crate{Name: "a", Version: "1.0.0", Encoder: redeflate.ZlibRs05}.Archive())}
	z, err := zstd.NewReader(bytes.NewReader(write(t, c, archivesOf(c), small(0))))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	in := tar.NewReader(z)
	var names []string
	for {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
	if got := strings.Join(names, " "); got != bundle.ManifestPath+" "+cache+"a-1.0.0.crate.tar" {
		t.Errorf("it has %s", got)
	}
}

// A program that was made before there were small bundles keeps up to 32 MiB of what it has
// read. It comes as far as the manifest and the header behind that, and so to what format the
// bundle has.
func TestWrite_small_newer(t *testing.T) {
	c := contents{cache + "a-1.0.0.crate": string(cargotest.Crate{Name: "a", Version: "1.0.0", Encoder: redeflate.ZlibRs05, Files: []cargotest.File{{Path: "x", Content: letters(1 << 18)}}}.Archive())}
	z, err := zstd.NewReader(bytes.NewReader(write(t, c, archivesOf(c), small(0))), zstd.WithDecoderMaxWindow(32<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	in := tar.NewReader(z)
	if _, err := in.Next(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil || !bytes.HasPrefix(text, []byte(`{"format":2,`)) {
		t.Fatalf("the manifest is %.20q (%v)", text, err)
	}
	if h, err := in.Next(); err != nil || h.Name != cache+"a-1.0.0.crate.tar" {
		t.Errorf("behind it is %v (%v)", h, err)
	}
	if _, err := io.ReadAll(in); !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Errorf("the content is read (%v)", err)
	}
}

func noGzip(data string) string { return "y" + data[1:] }

// laterGzip is an archive of the same content, that is sound.
func laterGzip(data string) string { return data[:4] + "\x01" + data[5:] }

// An archive that is not what its checksum says is refused by its name, however large.
func TestWrite_small_damaged(t *testing.T) {
	c := shrinkable(t)
	for name, wrongOf := range map[string]func(data string) string{
		"e-1.1.0": noGzip, "other-1.0.0": noGzip, "none-1.0.0": noGzip, "e-1.2.0": laterGzip,
	} {
		m := archivesOf(c)
		wrong := contents{}
		for path, data := range c {
			wrong[path] = data
		}
		path := cache + name + ".crate"
		wrong[path] = wrongOf(c[path])
		for _, seekable := range []bool{true, false} {
			o := small(2)
			o.Seekable = seekable
			err := bundle.Write(t.Context(), io.Discard, m, o, wrong.of(m))
			if refused, ok := errors.AsType[*bundle.Error](err); !ok || refused.Entry != path || !errors.Is(err, bundle.ErrEntry) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
