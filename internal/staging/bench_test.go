package staging

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkWriter writes a thousand files, twenty to a folder, where temporary files
// go: TMPDIR names a folder on tmpfs, or measures a disk.
func BenchmarkWriter(b *testing.B) {
	const files = 1000
	for _, size := range []int{0, 4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("files=%d/size=%d", files, size), func(b *testing.B) {
			data, dir := make([]byte, size), filepath.Join(b.TempDir(), "tree")
			b.SetBytes(int64(files * size))
			b.ReportAllocs()
			for b.Loop() {
				writeTree(b, dir, files, data)
				b.StopTimer()
				if err := RemoveAll(dir); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

func writeTree(b *testing.B, dir string, files int, data []byte) {
	tree, err := NewWriter(dir)
	if err != nil {
		b.Fatal(err)
	}
	for i := range files {
		f, err := tree.Create(fmt.Sprintf("src/module%d/file%d.rs", i/20, i), 0o644)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			b.Fatal(err)
		}
		if err := f.SetTime(time.Unix(1, 0)); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := tree.Finish(); err != nil {
		b.Fatal(err)
	}
}
