package inflate

import (
	"bytes"
	stdgzip "compress/gzip"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// corpus is the folder that `make corpus` fills.
func corpus(tb testing.TB) string {
	dir := os.Getenv("CARGOHOME_CORPUS")
	if dir == "" {
		tb.Skip("CARGOHOME_CORPUS is not set")
	}
	return dir
}

// archivesOf returns the archives in the lockfile of a project in the corpus.
func archivesOf(tb testing.TB, project string) [][]byte {
	dir := corpus(tb)
	lock, err := os.ReadFile(filepath.Join(dir, "proj", project, "Cargo.lock"))
	if err != nil {
		tb.Skip(err)
	}
	cached, err := filepath.Glob(filepath.Join(dir, "home/registry/cache/*/*.crate"))
	if err != nil {
		tb.Fatal(err)
	}
	paths := map[string]string{}
	for _, path := range cached {
		paths[filepath.Base(path)] = path
	}
	var archives [][]byte
	for _, m := range regexp.MustCompile(`name = "(.+)"\nversion = "(.+)"\nsource = "registry`).FindAllSubmatch(lock, -1) {
		archive, err := os.ReadFile(paths[string(m[1])+"-"+string(m[2])+".crate"])
		if err != nil {
			tb.Fatal(err)
		}
		archives = append(archives, archive)
	}
	return archives
}

// BenchmarkArchives decodes all archives of one project: CARGOHOME_CORPUS has to
// name the corpus.
func BenchmarkArchives(b *testing.B) { benchmarkAll(b, archivesOf(b, "nu")) }

// BenchmarkText decodes 16 MiB that look like source.
func BenchmarkText(b *testing.B) {
	benchmarkAll(b, [][]byte{compressKlauspost(b, sourceText(16<<20), 6)})
}

// BenchmarkSmall decodes 2 KiB, most of which is setting up.
func BenchmarkSmall(b *testing.B) {
	benchmarkAll(b, [][]byte{compressKlauspost(b, sourceText(2<<10), 6)})
}

func benchmarkAll(b *testing.B, archives [][]byte) {
	var own Reader
	benchmark(b, "own", archives, func(r io.Reader) (n int, err error) {
		own.Reset(r)
		for {
			p, err := own.Next(64 << 10)
			if n += len(p); err != nil {
				return n, err
			}
		}
	})
	buf := make([]byte, 64<<10)
	readAll := func(r io.Reader) (n int, err error) {
		for {
			m, err := r.Read(buf)
			if n += m; err != nil {
				return n, err
			}
		}
	}
	var klauspost gzip.Reader
	benchmark(b, "klauspost", archives, func(r io.Reader) (int, error) {
		if err := klauspost.Reset(r); err != nil {
			return 0, err
		}
		return readAll(&klauspost)
	})
	var std stdgzip.Reader
	benchmark(b, "std", archives, func(r io.Reader) (int, error) {
		if err := std.Reset(r); err != nil {
			return 0, err
		}
		return readAll(&std)
	})
}

func benchmark(b *testing.B, name string, archives [][]byte, decode func(io.Reader) (int, error)) {
	b.Run(name, func(b *testing.B) {
		var in bytes.Reader
		var size int
		b.ReportAllocs()
		for b.Loop() {
			size = 0
			for _, archive := range archives {
				in.Reset(archive)
				n, err := decode(&in)
				if err != io.EOF {
					b.Fatal(err)
				}
				size += n
			}
		}
		b.SetBytes(int64(size))
	})
}

// TestCorpus compares with klauspost's decoder on every archive of the corpus.
func TestCorpus(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(corpus(t), "home/registry/cache/*/*.crate"))
	if err != nil || len(paths) == 0 {
		t.Skip("no archives ", err)
	}
	if testing.Short() {
		paths = paths[:min(100, len(paths))]
	}
	var r Reader
	var z gzip.Reader
	for _, path := range paths {
		archive, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := z.Reset(bytes.NewReader(archive)); err != nil {
			t.Fatal(err)
		}
		want, got := crc32.NewIEEE(), crc32.NewIEEE()
		r.Reset(bytes.NewReader(archive))
		wantLen, err := io.Copy(want, &z)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(got, &r); err != nil || n != wantLen || got.Sum32() != want.Sum32() {
			t.Errorf("%s: %d bytes, sum %x, %v; want %d and %x", path, n, got.Sum32(), err, wantLen, want.Sum32())
		}
	}
}
