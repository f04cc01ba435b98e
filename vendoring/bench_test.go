package vendoring

import (
	"fmt"
	"testing"

	"cargohome/crate"
	"cargohome/crate/archive"
)

// BenchmarkChecksumFile writes and reads the record of a package; most have some ten
// files.
func BenchmarkChecksumFile(b *testing.B) {
	sum := crate.Sum([]byte("archive"))
	for _, n := range []int{10, 1000} {
		files := benchFiles(n)
		record := appendChecksumFile(nil, files, &sum, false)
		b.Run(fmt.Sprintf("write/files=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(record)))
			b.ReportAllocs()
			var text []byte
			for b.Loop() {
				text = appendChecksumFile(text[:0], files, &sum, false)
			}
		})
		b.Run(fmt.Sprintf("read/files=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(record)))
			b.ReportAllocs()
			var read []archive.File
			for b.Loop() {
				var ok bool
				if read, _, ok = readCanonical(record, read[:0], &sum); !ok {
					b.Fatal("not what was written")
				}
			}
		})
	}
}

func benchFiles(n int) []archive.File {
	files := make([]archive.File, n)
	for i := range files {
		path := fmt.Sprintf("src/module%05d/file.rs", i)
		files[i] = archive.File{Path: path, Sum: crate.Sum([]byte(path))}
	}
	return files
}
