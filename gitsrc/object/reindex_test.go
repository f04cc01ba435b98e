package object

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing"
)

// An index is made anew from its pack as git makes it. With CARGOHOME_GIT, a folder of bare
// clones, these are compared too.
func TestReindex(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repo")
	cargotest.NewRepo(t, map[string]string{"a": "a\n", "b/c": strings.Repeat("c", 999)}).Write(dir, true)
	packs, _ := filepath.Glob(filepath.Join(dir, "objects/pack/pack-*.pack"))
	if clones := os.Getenv("CARGOHOME_GIT"); clones != "" {
		found, _ := filepath.Glob(filepath.Join(clones, "*.git/objects/pack/pack-*.pack"))
		packs = append(packs, found...)
	}
	for _, pack := range packs {
		to := filepath.Join(t.TempDir(), "to")
		repo, name := filepath.Dir(filepath.Dir(filepath.Dir(pack))), strings.TrimSuffix(filepath.Base(pack), ".pack")
		if err := reindex(t, repo, name, to); err != nil {
			t.Fatalf("%s: %v", pack, err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(pack, "pack") + "idx")
		got, err2 := os.ReadFile(filepath.Join(to, "idx"))
		if err := errors.Join(err, err2); err != nil || !bytes.Equal(got, want) {
			t.Errorf("the index of %s is another (%v)", pack, err)
		}
	}
}

// reindex writes the index of a pack to the file idx in a new folder.
func reindex(t *testing.T, repo, pack, to string) error {
	t.Helper()
	w, err := staging.NewWriter(to)
	if err != nil {
		t.Fatal(err)
	}
	return errors.Join(Reindex(t.Context(), repo, "pack/"+pack, w, "idx"), w.Finish())
}

// A pack that is damaged, or that nobody can read to its end, gets no index.
func TestReindex_refusals(t *testing.T) {
	whole := packEntry(plumbing.BlobObject, 1, nil, []byte("x"))
	for what, entries := range map[string][]byte{
		"delta on itself":      packEntry(plumbing.REFDeltaObject, 4, someHash[:], []byte{1, 1, 0x90, 1}),
		"base of no entry":     packEntry(plumbing.OFSDeltaObject, 4, baseOffset(3), []byte{1, 1, 0x90, 1}),
		"more than it says":    slices.Concat(whole, whole),
		"less than it says":    {},
		"cut":                  whole[:len(whole)-5],
		"another checksum":     append(slices.Clone(whole[:len(whole)-1]), 0),
		"larger than it says":  packEntry(plumbing.BlobObject, 1, nil, []byte("xy")),
		"smaller than it says": packEntry(plumbing.BlobObject, 3, nil, []byte("xy")),
		"of no type":           packEntry(5, 1, nil, []byte("x")),
	} {
		dir := filepath.Join(t.TempDir(), "repo")
		pack := packOf(1, entries)
		writeIn(t, dir, "objects/pack/"+alone+".pack", string(pack))
		if err := reindex(t, dir, alone, filepath.Join(t.TempDir(), "to")); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
		writeIn(t, dir, "objects/pack/"+alone+".pack", string(append(pack, make([]byte, 20)...)))
		if err := reindex(t, dir, alone, filepath.Join(t.TempDir(), "to")); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s, of another sum: %v", what, err)
		}
	}
}

// Deltas whose base is named, wherever it lies, and is itself one.
func TestReindex_deltas(t *testing.T) {
	x, y, z := plumbing.ComputeHash(plumbing.BlobObject, []byte("x")), plumbing.ComputeHash(plumbing.BlobObject, []byte("xy")), plumbing.ComputeHash(plumbing.BlobObject, []byte("xyz"))
	onY := packEntry(plumbing.REFDeltaObject, 6, y[:], []byte{2, 3, 0x90, 2, 1, 'z'})
	onX := packEntry(plumbing.REFDeltaObject, 6, x[:], []byte{1, 2, 0x90, 1, 1, 'y'})
	dir := filepath.Join(t.TempDir(), "repo")
	writeIn(t, dir, "objects/pack/"+alone+".pack", string(packOf(3, onY, onX, packEntry(plumbing.BlobObject, 1, nil, []byte("x")))))
	to := filepath.Join(t.TempDir(), "to")
	if err := reindex(t, dir, alone, to); err != nil {
		t.Fatal(err)
	}
	idx, err := os.ReadFile(filepath.Join(to, "idx"))
	for _, name := range []plumbing.Hash{x, y, z} {
		if err != nil || !bytes.Contains(idx, name[:]) {
			t.Errorf("%s is not in the index, %v", name, err)
		}
	}
}

// alone is the name of a pack without an index.
var alone = "pack-" + someHash.String()

// packOf is a pack that says to have so many objects.
func packOf(count byte, entries ...[]byte) []byte {
	pack := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00"), count)
	pack = append(pack, slices.Concat(entries...)...)
	sum := sha1.Sum(pack)
	return append(pack, sum[:]...)
}
