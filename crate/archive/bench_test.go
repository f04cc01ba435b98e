package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/inflate"
	"cargohome/internal/staging"
)

// shapes are those of most files on crates.io, and of the large ones that make up
// most of the bytes.
var shapes = []struct{ files, size int }{{1000, 1 << 10}, {200, 16 << 10}, {4, 4 << 20}}

// overShapes runs a benchmark on archives of each shape. The bytes counted are those
// of the files. Package cargotest cannot be imported here.
func overShapes(b *testing.B, level int, run func(b *testing.B, archive []byte)) {
	for _, s := range shapes {
		b.Run(fmt.Sprintf("files=%d/size=%d", s.files, s.size), func(b *testing.B) {
			archive := benchArchive(b, s.files, s.size, level)
			b.SetBytes(int64(s.files * s.size))
			b.ReportAllocs()
			run(b, archive)
		})
	}
}

// benchArchive is an archive of a-1.0.0.
func benchArchive(b *testing.B, files, size, level int) []byte {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		b.Fatal(err)
	}
	w := tar.NewWriter(z)
	add := func(path, text string) {
		h := &tar.Header{Name: "a-1.0.0/" + path, Mode: 0o644, Size: int64(len(text)), Format: tar.FormatGNU}
		if err := w.WriteHeader(h); err != nil {
			b.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			b.Fatal(err)
		}
	}
	add("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n")
	for i := range files {
		line := fmt.Sprintf("    let value_%d = self.parse(input)?;\n", i)
		add(fmt.Sprintf("src/module%d/file%d.rs", i/20, i), strings.Repeat(line, size/len(line)+1)[:size])
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// Benchmark_tarReader walks a tar that is stored, so that there is next to nothing to
// inflate.
func Benchmark_tarReader(b *testing.B) {
	overShapes(b, gzip.NoCompression, func(b *testing.B, archive []byte) {
		var z inflate.Reader
		var t tarReader
		for b.Loop() {
			z.Reset(bytes.NewReader(archive))
			t.reset(&z, MaxUnpacked(int64(len(archive))))
			var err error
			for err == nil {
				_, err = t.next()
			}
			if err != io.EOF {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUnpack has everything that becomes of an archive, to writing it where
// temporary files go: TMPDIR names a folder on tmpfs, or measures a disk.
func BenchmarkUnpack(b *testing.B) {
	overShapes(b, gzip.BestCompression, func(b *testing.B, archive []byte) {
		var u Unpacker
		a, dir := InMemory(crate.ID{Name: "a", Version: "1.0.0"}, archive), filepath.Join(b.TempDir(), "a")
		for b.Loop() {
			tree, err := staging.NewWriter(dir)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := u.Unpack(b.Context(), InTree(tree), a, nil); err != nil {
				b.Fatal(err)
			}
			if err := tree.Finish(); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := staging.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

// Benchmark_verifier hashes as a worker does, one archive after another.
func Benchmark_verifier(b *testing.B) {
	for _, size := range []int{1 << 10, 16 << 10, 4 << 20} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			a := InMemory(crate.ID{}, make([]byte, size))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var v verifier
			for b.Loop() {
				if err := errors.Join(v.open(a), v.rest(b.Context())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
