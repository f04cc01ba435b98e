package redeflate

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/inflate"
)

// BenchmarkEncoders compresses the tars of one archive in a hundred of the corpus, by
// size of the tars.
func BenchmarkEncoders(b *testing.B) {
	tars, size := corpusTars(b)
	for _, kind := range order {
		b.Run(kind.String(), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				for _, tar := range tars {
					e := newEncoder(kind, io.Discard, nil)
					if _, err := e.Write(tar); err != nil {
						b.Fatal(err)
					}
					if err := e.Close(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func corpusTars(b *testing.B) (tars [][]byte, size int) {
	archives, _ := filepath.Glob(filepath.Join(os.Getenv("CARGOHOME_CORPUS"), "home/registry/cache/*/*.crate"))
	for i := 0; i < len(archives); i += 100 {
		f, err := os.Open(archives[i])
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		var z inflate.Reader
		z.Reset(f)
		tar, err := io.ReadAll(&z)
		if err != nil {
			b.Fatal(err)
		}
		tars = append(tars, tar)
		size += len(tar)
	}
	if size == 0 {
		b.Skip("CARGOHOME_CORPUS does not name a corpus")
	}
	return tars, size
}
