package object

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// appended is a delta that appends a byte to so many.
func appended(n int, b byte) []byte {
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(n)), uint64(n+1)), 0x90, byte(n), 1, b)
}

// addPackOf writes a pack of entries, and its index.
func addPackOf(t *testing.T, repo, name string, entries ...[]byte) {
	t.Helper()
	data := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(entries)))
	data = append(data, bytes.Join(entries, nil)...)
	sum := sha1.Sum(data)
	writeIn(t, "", filepath.Join(repo, "objects/pack", name+".pack"), string(append(data, sum[:]...)))
	to := filepath.Join(t.TempDir(), "to")
	if err := reindex(t, repo, name, to); err != nil {
		t.Fatal(err)
	}
	idx, err := os.ReadFile(filepath.Join(to, "idx"))
	if err != nil {
		t.Fatal(err)
	}
	writeIn(t, "", filepath.Join(repo, "objects/pack", name+".idx"), string(idx))
}

// All that several packs and folders have comes into one pack, each object once, with bases
// that lie elsewhere than they did. With CARGOHOME_GIT, a folder of bare clones, these are
// packed too.
func TestPackAll(t *testing.T) {
	base := bytes.Repeat([]byte("x"), 200)
	whole := packEntry(plumbing.BlobObject, len(base), nil, base)
	other := packEntry(plumbing.BlobObject, 5, nil, []byte("other"))
	name := plumbing.ComputeHash(plumbing.BlobObject, base)
	repo := filepath.Join(t.TempDir(), "repo")
	addPackOf(t, repo, "pack-1", whole, packEntry(plumbing.OFSDeltaObject, len(appended(200, '1')), baseOffset(len(whole)), appended(200, '1')))
	addPackOf(t, repo, "pack-2", other, whole,
		packEntry(plumbing.OFSDeltaObject, len(appended(200, '2')), baseOffset(len(whole)), appended(200, '2')),
		packEntry(plumbing.REFDeltaObject, len(appended(200, '3')), name[:], appended(200, '3')))
	loose := plumbing.ComputeHash(plumbing.BlobObject, []byte("loose"))
	writeIn(t, "", filepath.Join(repo, "objects", looseName(loose)), string(deflate([]byte("blob 5\x00loose"))))
	again := packedAll(t, repo)
	for _, text := range []string{string(base), string(base) + "1", string(base) + "2", string(base) + "3", "other", "loose"} {
		got, err := again.Read(t.Context(), plumbing.ComputeHash(plumbing.BlobObject, []byte(text)), plumbing.BlobObject, MaxBlob)
		if err != nil || string(got) != text {
			t.Errorf("%.10q is read as %.10q (%v)", text, got, err)
		}
	}
	if n := again.dirs[0].packs[0].count(); n != 6 {
		t.Errorf("it has %d objects", n)
	}
	clones, _ := filepath.Glob(filepath.Join(os.Getenv("CARGOHOME_GIT"), "*.git"))
	for _, clone := range clones {
		if os.Getenv("CARGOHOME_GIT") != "" {
			isAllOf(t, clone, packedAll(t, clone))
		}
	}
}

// packedAll is a repository that has nothing but the pack of all that another has.
func packedAll(t *testing.T, repo string) *DB {
	t.Helper()
	db, err := OpenDB(repo, repo, NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var pack bytes.Buffer
	if err := db.PackAll(t.Context(), &pack); err != nil {
		t.Fatal(err)
	}
	to, idx := filepath.Join(t.TempDir(), "again"), filepath.Join(t.TempDir(), "to")
	writeIn(t, "", filepath.Join(to, "objects/pack/pack-all.pack"), pack.String())
	if err := reindex(t, to, "pack-all", idx); err != nil {
		t.Fatalf("%s: %v", repo, err)
	}
	data, err := os.ReadFile(filepath.Join(idx, "idx"))
	if err != nil {
		t.Fatal(err)
	}
	writeIn(t, "", filepath.Join(to, "objects/pack/pack-all.idx"), string(data))
	again, err := OpenDB(to, to, NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	return again
}

// isAllOf makes sure that a pack has the objects of a repository, and no others.
func isAllOf(t *testing.T, repo string, again *DB) {
	t.Helper()
	db, err := OpenDB(repo, repo, NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	names := func(db *DB) (list []string) {
		for _, dir := range db.dirs {
			for _, p := range dir.packs {
				entries, err := p.entries()
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range entries {
					list = append(list, e.name.String())
				}
			}
			loose, err := dir.looseNames()
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range loose {
				list = append(list, h.String())
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	if want, got := names(db), names(again); !slices.Equal(want, got) {
		t.Errorf("%s has %d objects, its pack %d", repo, len(want), len(got))
	}
}

// What cannot be what git wrote is refused, and not passed on.
func TestPackAll_hostile(t *testing.T) {
	for what, entry := range map[string][]byte{
		"base of no entry": packEntry(plumbing.OFSDeltaObject, 4, baseOffset(3), []byte{1, 1, 0x90, 1}),
		"base missing":     packEntry(plumbing.REFDeltaObject, 4, make([]byte, 20), []byte{1, 1, 0x90, 1}),
		"no type":          packEntry(5, 1, nil, []byte{1}),
		"empty":            {},
		"head cut":         {0x9f},
	} {
		db := openPackBytes(t, packIndex(someHash, 12), append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), entry...))
		if err := db.PackAll(t.Context(), &bytes.Buffer{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// References are loose or packed, of which the loose count, and those that lead to nothing are
// passed over.
func TestReferences(t *testing.T) {
	repo := filepath.Join(t.TempDir(), "repo")
	addPackOf(t, repo, "pack-1", packEntry(plumbing.BlobObject, 1, nil, []byte("a")), packEntry(plumbing.BlobObject, 1, nil, []byte("b")))
	a, b := BlobName([]byte("a")), BlobName([]byte("b"))
	writeIn(t, "", filepath.Join(repo, "packed-refs"), "# pack-refs with: peeled\n"+a+" refs/tags/v1\n^"+b+"\n"+a+" refs/heads/main\n"+a+" refs/../x\nnonsense\n"+a+" refs/heads/x y\n")
	writeIn(t, "", filepath.Join(repo, "refs/heads/main"), b+"\n")
	writeIn(t, "", filepath.Join(repo, "refs/remotes/origin/HEAD"), "ref: refs/heads/main\n")
	writeIn(t, "", filepath.Join(repo, "refs/heads/gone"), strings.Repeat("1", 40)+"\n")
	writeIn(t, "", filepath.Join(repo, "refs/heads/main.lock"), a+"\n")
	db, err := OpenDB(repo, repo, NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got, err := db.References(t.Context())
	want := []Reference{{"refs/heads/main", b}, {"refs/remotes/origin/HEAD", b}, {"refs/tags/v1", a}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("they are %v (%v), not %v", got, err, want)
	}
	if !db.Has(a) || db.Has(strings.Repeat("1", 40)) || db.Has("a") || db.Has("") {
		t.Error("it does not tell what it has")
	}
}
