//go:build conform

package redeflate

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/inflate"
)

// TestCorpus rebuilds every archive of the corpus, and of CARGOHOME_ARCHIVES if that names
// a folder of others, and prints how much each encoder has made.
func TestCorpus(t *testing.T) {
	archives, _ := filepath.Glob(filepath.Join(os.Getenv("CARGOHOME_CORPUS"), "home/registry/cache/*/*.crate"))
	others, _ := filepath.Glob(filepath.Join(os.Getenv("CARGOHOME_ARCHIVES"), "*.crate"))
	if archives = append(archives, others...); len(archives) == 0 {
		t.Skip("CARGOHOME_CORPUS does not name a corpus")
	}
	if testing.Short() {
		archives = archives[len(archives)*7/8:]
	}
	var count, bytes [6]int64 // by encoder, 0 for what is stored whole
	var rest, total int64
	for _, path := range archives {
		r, size := rebuilt(t, path)
		count[r.Encoder]++
		bytes[r.Encoder] += size
		rest += int64(len(r.Rest))
		total += size
	}
	for e, n := range count {
		share := 100 * float64(bytes[e]) / float64(total)
		name := "stored whole"
		if e > 0 {
			name = Encoder(e).String()
		}
		t.Logf("%-16s %5d archives, %11d bytes, %6.2f%%", name, n, bytes[e], share)
	}
	t.Logf("the recipes have %d bytes that are different", rest)
	if bytes[0]*100 > total {
		t.Errorf("less than 99%% of %d bytes are rebuilt", total)
	}
}

// rebuilt returns the recipe of an archive, none if it is unknown, after it has made the
// archive again.
func rebuilt(t *testing.T, path string) (Recipe, int64) {
	archive, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(len(archive))
	r, err := Recognise(bytes.NewReader(archive), size)
	if err != nil {
		if !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v", path, err)
		}
		t.Logf("%s, %d bytes: %v", path, size, err)
		return Recipe{}, size
	}
	if len(r.Rest) > 0 {
		t.Logf("%s: %v but for %d bytes of %d", path, r.Encoder, len(r.Rest), size)
	}
	var z inflate.Reader
	z.Reset(bytes.NewReader(archive))
	sum := sha256.New()
	if err := Rebuild(sum, &z, r, nil); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	if want := sha256.Sum256(archive); !bytes.Equal(sum.Sum(nil), want[:]) {
		t.Errorf("%s: not the same", path)
	}
	return r, size
}
