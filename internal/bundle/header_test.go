package bundle

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// A header that is made here is the one that package tar makes.
func TestEntry_header(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int64{0, 1, 511, 1 << 20, 1<<33 - 1, 1 << 33, random.Int64N(1 << 33)} {
		for n := range 110 {
			path := strings.Repeat("a", n)
			for _, e := range []Entry{{Path: path, Size: size}, {Path: path + "/", Size: 0}, {Path: path + "é", Size: size}, {Path: path + "/b.crate", Size: size, Executable: true}, {Path: path + "~", Size: size}} {
				got, err := e.header()
				want, wantErr := e.anyHeader()
				if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) {
					t.Errorf("%q of %d bytes: %q, %v, want %q, %v", e.Path, e.Size, got, err, want, wantErr)
				}
				size, err := e.blocks()
				if err == nil && size != int64(len(got))+e.Size+padding(e.Size) {
					t.Errorf("%q of %d bytes has %d in the tar", e.Path, e.Size, size)
				}
			}
		}
	}
	if _, err := (&Entry{Path: "a\x00b"}).header(); err == nil {
		t.Error("a path may have a NUL")
	}
}

func BenchmarkEntry_header(b *testing.B) {
	e := Entry{Path: "registry/cache/index.crates.io-1949cf8c6b5b557f/serde-1.0.0.crate", Size: 76543}
	for name, header := range map[string]func() ([]byte, error){"here": e.header, "tar": e.anyHeader} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := header(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
