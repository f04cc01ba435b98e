package object_test

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/gitsrc/object"
	"cargohome/internal/cargotest"
)

// packed makes a repository with one pack, and returns the path of that.
func packed(t *testing.T) (dir, pack string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "repo")
	cargotest.NewRepo(t, map[string]string{"a": "a\n", "b/c": strings.Repeat("c", 999)}).Write(dir, true)
	found, err := filepath.Glob(filepath.Join(dir, "objects/pack/pack-*.pack"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return dir, found[0]
}

func TestVerify(t *testing.T) {
	dir, _ := packed(t)
	faults, closed, err := object.Verify(t.Context(), dir, 0)
	if len(faults) > 0 || !closed || err != nil {
		t.Errorf("got %v, closed %t, %v", faults, closed, err)
	}
	if _, _, err := object.Verify(t.Context(), filepath.Join(dir, "refs"), 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of what is no repository: %v", err)
	}
}

// Whoever changes an object can see to it that both files have the hashes they end in.
func TestVerify_forged(t *testing.T) {
	dir, pack := packed(t)
	index := strings.TrimSuffix(pack, "pack") + "idx"
	idx, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	const names = 8 + 256*4
	idx[names+19] ^= 1 // the last byte of the first name
	sum := sha1.Sum(idx[:len(idx)-20])
	write(t, index, append(idx[:len(idx)-20:len(idx)-20], sum[:]...))
	faults, _, err := object.Verify(t.Context(), dir, 1)
	if err != nil || len(faults) != 1 || !errors.Is(faults[0].Err, object.ErrDamaged) || !strings.HasSuffix(faults[0].File, ".pack") {
		t.Errorf("got %v, %v", faults, err)
	}
}

// A pack and an index that are not each other's, and one without the other.
func TestVerify_each_other(t *testing.T) {
	dir, pack := packed(t)
	other := filepath.Join(t.TempDir(), "other")
	cargotest.NewRepo(t, map[string]string{"z": "z\n"}).Write(other, true)
	found, _ := filepath.Glob(filepath.Join(other, "objects/pack/pack-*.idx"))
	foreign, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	index := strings.TrimSuffix(pack, "pack") + "idx"
	own, err := os.ReadFile(index)
	if err != nil || bytes.Equal(own, foreign) {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		spoil func()
		file  string
	}{
		"another index": {func() { write(t, index, foreign) }, index},
		"no index":      {func() { remove(t, index) }, index},
		"no pack":       {func() { write(t, index, own); remove(t, pack) }, pack},
	} {
		was, err := os.ReadFile(pack)
		if err != nil {
			t.Fatal(err)
		}
		c.spoil()
		faults, _, err := object.Verify(t.Context(), dir, 1)
		if err != nil || len(faults) != 1 || filepath.Join(dir, "objects", faults[0].File) != c.file {
			t.Errorf("%s: got %v, %v", what, faults, err)
		}
		write(t, pack, was)
		write(t, index, own)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	_ = os.Remove(path)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func TestDB_Expand(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repo")
	for _, inPack := range []bool{true, false} {
		r := cargotest.NewRepo(t, map[string]string{"a": "a\n"})
		r.Write(dir, inPack)
		db, err := object.OpenDB(dir, filepath.Dir(dir), object.NewBudget())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		commit := r.Commit.String()
		if got, err := db.Expand(commit[:7]); got != commit || err != nil {
			t.Errorf("packed %t: got %q, %v", inPack, got, err)
		}
		if _, err := db.Expand("0000000"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("packed %t: of nothing: %v", inPack, err)
		}
		if _, err := db.Expand("../../x"); !errors.Is(err, object.ErrPrecise) {
			t.Errorf("packed %t: of no id: %v", inPack, err)
		}
	}
}
