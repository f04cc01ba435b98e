package tarball_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"cargohome/internal/tarball"
)

var formats = []tarball.Format{tarball.Tar, tarball.Gzip, tarball.Zstd}

// sample writes a tar of some MiB: several blocks and frames.
func sample(w io.Writer, o tarball.Options) error {
	t, err := tarball.NewWriter(w, o)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2))
	at := time.Unix(1153704088, 999)
	errs := []error{t.Folder("v", 0o755, at)}
	for i := range 40 {
		data := []byte(strings.Repeat(fmt.Sprint("pub fn item", random.IntN(9), "() {}\n"), random.IntN(16_000)))
		path := fmt.Sprintf("v/%s/é%d.rs", strings.Repeat("long/", i), i)
		errs = append(errs, t.File(path, 0o644, at, int64(len(data)), func(w io.Writer) error { _, err := w.Write(data); return err }))
	}
	return errors.Join(append(errs, t.Close())...)
}

func unpacked(t *testing.T, f tarball.Format, packed []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(packed)
	var err error
	switch f {
	case tarball.Gzip:
		r, err = gzip.NewReader(r)
	case tarball.Zstd:
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Every format holds the same tar, and is the same bytes for any number of jobs.
func TestWriter(t *testing.T) {
	var plain []byte
	for _, f := range formats {
		var first []byte
		for _, jobs := range []int{1, 2, 3, 8} {
			var b bytes.Buffer
			if err := sample(&b, tarball.Options{Format: f, Jobs: jobs}); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b.Bytes()
			}
			if !bytes.Equal(first, b.Bytes()) {
				t.Errorf("%s: other bytes with %d jobs", f, jobs)
			}
		}
		data := unpacked(t, f, first)
		if plain == nil {
			plain = data
		}
		if !bytes.Equal(plain, data) {
			t.Errorf("%s holds another tar", f)
		}
	}
}

// What is in the tar.
func TestWriter_entries(t *testing.T) {
	var b bytes.Buffer
	if err := sample(&b, tarball.Options{Format: tarball.Tar}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for r := tar.NewReader(&b); ; n++ {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(time.Unix(1153704088, 0)) {
			t.Errorf("%+v", h)
		}
	}
	if n != 41 {
		t.Errorf("%d entries", n)
	}
}

// Bytes of the compressors may change with their versions, but not unseen.
func TestWriter_golden(t *testing.T) {
	for f, want := range map[tarball.Format]string{
		tarball.Tar:  "57c3c22d4a6e1fd3e82c8bc323903d8bf57a6d12d56bed5dc4b804075b54ab7f",
		tarball.Gzip: "c9de24786122e735eb16851edd22159156053ba0db8f372c6b63b2eb2382eae5",
		tarball.Zstd: "9dd5b4278b5616a0e749027dc3e10fb313871dd96cace81a33b910dd3993f05b",
	} {
		sum := sha256.New()
		if err := sample(sum, tarball.Options{Format: f}); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want {
			t.Errorf("%s: %s, want %s", f, got, want)
		}
	}
}

var errFull = errors.New("no space left")

// full takes so many bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// What cannot be written is an error, wherever it ends.
func TestWriter_full(t *testing.T) {
	for _, f := range formats {
		var whole bytes.Buffer
		if err := sample(&whole, tarball.Options{Format: f}); err != nil {
			t.Fatal(err)
		}
		for _, room := range []int{0, 100, whole.Len() / 2, whole.Len() - 1} {
			if err := sample(&full{room}, tarball.Options{Format: f, Jobs: 2}); !errors.Is(err, errFull) {
				t.Errorf("%s, %d bytes: %v", f, room, err)
			}
		}
	}
}

func TestWriter_other_size(t *testing.T) {
	w, err := tarball.NewWriter(io.Discard, tarball.Options{Format: tarball.Tar})
	if err != nil {
		t.Fatal(err)
	}
	few := func(w io.Writer) error { _, err := w.Write([]byte("12")); return err }
	if err := w.File("a", 0o644, time.Unix(0, 0), 3, few); err == nil {
		t.Error("two bytes of three")
	}
	w, _ = tarball.NewWriter(io.Discard, tarball.Options{Format: tarball.Tar})
	if err := w.File("a", 0o644, time.Unix(0, 0), 1, few); err == nil {
		t.Error("two bytes of one")
	}
}

func TestEmpty(t *testing.T) {
	for _, f := range formats {
		var b bytes.Buffer
		w, err := tarball.NewWriter(&b, tarball.Options{Format: f})
		if err == nil {
			err = w.Close()
		}
		if err != nil || len(unpacked(t, f, b.Bytes())) != 1024 {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []tarball.Options{
		{}, {Format: "zip"}, {Format: tarball.Tar, Level: 1}, {Format: tarball.Gzip, Level: 10}, {Format: tarball.Zstd, Level: 23}, {Format: tarball.Zstd, Level: -1},
	} {
		if _, err := tarball.NewWriter(io.Discard, o); !errors.Is(err, tarball.ErrFormat) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestFormats(t *testing.T) {
	for text, want := range map[string]tarball.Format{
		"tar": tarball.Tar, "tar.zstd": tarball.Zstd, "tar.gz": tarball.Gzip, "tgz": tarball.Gzip, "zip": "", "dir": "", "": "",
	} {
		if got, err := tarball.ParseFormat(text); got != want || (err != nil) != (want == "") {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	for path, want := range map[string]tarball.Format{
		"/a.tar/v-1.2.3.tar.zst": tarball.Zstd, "vendor.TGZ": tarball.Gzip, "nu-0.115.1.vendor.tar": tarball.Tar, "tar": "", "a.tar.xz": "", "a.gz": "", "x.tar/y": "",
	} {
		if got, ok := tarball.FormatOf(path); got != want || ok != (want != "") {
			t.Errorf("%s is %q", path, got)
		}
	}
}

// What is stored is kept as it is, and all is one stream.
func TestStream_stored(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	stored := make([]byte, 5<<20)
	for i := range stored {
		stored[i] = byte(random.Uint32())
	}
	plain := []byte(strings.Repeat("pub fn item() {}\n", 1<<12))
	for f, most := range map[tarball.Format]int{tarball.Tar: 3 * len(plain), tarball.Gzip: len(plain) + 9000, tarball.Zstd: len(plain) + 9000} {
		var b bytes.Buffer
		s, err := tarball.NewStream(&b, tarball.Options{Format: f, Jobs: 2})
		if err != nil {
			t.Fatal(err)
		}
		var errs []error
		for _, on := range []bool{false, true, false, true, true} {
			errs = append(errs, s.Store(on))
		}
		for _, on := range []bool{true, false, false} {
			data := plain
			if on {
				data = stored
			}
			_, err := s.Write(data)
			errs = append(errs, err, s.Store(!on))
		}
		if err := errors.Join(append(errs, s.Close())...); err != nil {
			t.Fatal(err)
		}
		want := slices.Concat(stored, plain, plain)
		if b.Len() > len(stored)+most {
			t.Errorf("%s: %d bytes", f, b.Len())
		}
		r, err := tarball.NewReader(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		r.Close()
		if err != nil || r.Format != f || !bytes.Equal(got, want) || !bytes.Equal(unpacked(t, f, b.Bytes()), want) {
			t.Errorf("%s: other bytes, %v", f, err)
		}
	}
}

// What is said of the compressors is what the program is built with.
func TestCompressors(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for f, module := range tarball.Compressors {
		o := tarball.Options{Format: f, Level: 3}
		if !strings.Contains(string(mod), "\t"+module+"\n") || o.Compressor() != module+", level 3" {
			t.Errorf("%s is not in go.mod", module)
		}
	}
}
