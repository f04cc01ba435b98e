package object

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/cargotest/worst"
	"cargohome/internal/staging"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/config"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// BenchmarkGoGit does the same with what is here and with go-git, on a repository that is
// made up and on the bare clones in the folder that CARGOHOME_GIT names. The package
// comment has what came of it:
//
//	CARGOHOME_GIT=… go test ./gitsrc/object -run XXX -bench GoGit -benchmem
func BenchmarkGoGit(b *testing.B) {
	for name, repo := range benchRepos(b) {
		b.Run("open/"+name, func(b *testing.B) { besides(b, repo.open, repo.openGoGit) })
		b.Run("commit/"+name, func(b *testing.B) { besides(b, repo.readAll, repo.readAllGoGit) })
		b.Run("thin/"+name, func(b *testing.B) { besides(b, repo.thin, repo.thinGoGit) })
	}
	loose := madeUp(b, false)
	b.Run("loose", func(b *testing.B) { besides(b, loose.readAll, loose.readAllGoGit) })
	for _, size := range []int{2 << 10, 64 << 10, 8 << 20} {
		base, delta := someDelta(size)
		b.Run(fmt.Sprint("delta/", size>>10, "KiB"), func(b *testing.B) {
			besides(b, func() error { _, err := applyDelta(base, delta); return err }, func() error { _, err := packfile.PatchDelta(base, delta); return err })
		})
	}
	refs := manyRefs(b)
	b.Run("packed-refs", func(b *testing.B) {
		besides(b, func() error { _, err := HeadOf(refs.dir); return err }, func() error {
			s := refs.storage()
			_, err := storer.ResolveReference(s, plumbing.HEAD)
			return errors.Join(err, s.Close())
		})
	})
	plain := []byte("[core]\n\tbare = true\n[remote \"origin\"]\n\turl = https://example.com/a\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n")
	many := []byte(manySections(4 << 10))
	for name, text := range map[string][]byte{"plain": plain, "sections": many} {
		b.Run("config/"+name, func(b *testing.B) {
			besides(b, func() error {
				return ParseConfig(string(text), func(_, _, _, _ string) error { return nil })
			}, func() error { return config.NewDecoder(bytes.NewReader(text)).Decode(&config.Config{}) })
		})
	}
}

func besides(b *testing.B, here, goGit func() error) {
	for _, who := range []struct {
		name string
		do   func() error
	}{{"here", here}, {"go-git", goGit}} {
		b.Run(who.name, func(b *testing.B) {
			b.ReportAllocs()
			start := worst.CPU()
			for b.Loop() {
				if err := who.do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((worst.CPU()-start).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// benchRepo is a repository of which a commit is read.
type benchRepo struct {
	dir, commit string
	out         func() string // a new place
}

func benchRepos(b *testing.B) map[string]benchRepo {
	repos := map[string]benchRepo{"made-up": madeUp(b, true)}
	dirs, _ := filepath.Glob(filepath.Join(os.Getenv("CARGOHOME_GIT"), "*.git"))
	for _, dir := range dirs {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			b.Fatal(err)
		}
		head, err := HeadOf(real)
		if err != nil {
			b.Fatal(err)
		}
		repos[strings.TrimSuffix(filepath.Base(dir), ".git")] = benchRepo{real, head, newPlaces(b)}
	}
	return repos
}

func newPlaces(b testing.TB) func() string {
	dir, n := b.TempDir(), 0
	return func() string { n++; return filepath.Join(dir, fmt.Sprint(n)) }
}

// madeUp has files that resemble each other.
func madeUp(b testing.TB, packed bool) benchRepo {
	random := rand.New(rand.NewPCG(1, 2))
	files := map[string]string{}
	for i := range 400 {
		var text strings.Builder
		for range 50 + random.IntN(200) {
			fmt.Fprintf(&text, "line %d of many\n", random.IntN(300))
		}
		files[fmt.Sprintf("d%d/f%d", i%20, i)] = text.String()
	}
	r := cargotest.NewRepo(b, files)
	dir := b.TempDir()
	r.Write(dir, packed)
	return benchRepo{dir, r.Commit.String(), newPlaces(b)}
}

func (r benchRepo) with(f func(db *DB) error) error {
	db, err := OpenDB(r.dir, r.dir, NewBudget())
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

func (r benchRepo) open() error {
	return r.with(func(db *DB) error { _, err := db.Commit(r.commit); return err })
}

func (r benchRepo) storage() *filesystem.Storage {
	return filesystem.NewStorageWithOptions(osfs.New(r.dir), cache.NewObjectLRU(maxBases), filesystem.Options{KeepDescriptors: true})
}

func (r benchRepo) openGoGit() error {
	s := r.storage()
	_, err := object.GetCommit(s, plumbing.NewHash(r.commit))
	return errors.Join(err, s.Close())
}

// readAll reads and hashes the trees and files of the commit.
func (r benchRepo) readAll() error {
	ctx := context.Background()
	return r.with(func(db *DB) error {
		objects, err := db.reachable(ctx, []string{r.commit})
		for _, o := range objects {
			if err == nil && o.typ == plumbing.BlobObject {
				err = db.Use(ctx, o.name, MaxBlob, 1, func([]byte) error { return nil })
			}
		}
		return err
	})
}

func (r benchRepo) readAllGoGit() error {
	s := r.storage()
	defer s.Close()
	c, err := object.GetCommit(s, plumbing.NewHash(r.commit))
	if err != nil {
		return err
	}
	t, err := c.Tree()
	if err != nil {
		return err
	}
	walk := object.NewTreeWalker(t, true, nil)
	defer walk.Close()
	for {
		_, e, err := walk.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil && e.Mode.IsFile() {
			err = hashGoGit(s, e.Hash)
		}
		if err != nil {
			return err
		}
	}
}

func hashGoGit(s *filesystem.Storage, h plumbing.Hash) error {
	o, err := s.EncodedObject(plumbing.AnyObject, h)
	if err != nil {
		return err
	}
	r, err := o.Reader()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err == nil && plumbing.ComputeHash(o.Type(), data) != h {
		err = errWrong
	}
	return errors.Join(err, r.Close())
}

// errWrong: go-git gave something else, and said nothing.
var errWrong = errors.New("another object")

func (r benchRepo) thin() error {
	return r.with(func(db *DB) error {
		to, err := staging.NewWriter(r.out())
		if err == nil {
			err = WritePack(context.Background(), to, []*DB{db}, []string{r.commit})
		}
		return errors.Join(err, to.Finish())
	})
}

// thinGoGit writes a pack of the same objects, and its index.
func (r benchRepo) thinGoGit() error {
	var hashes []plumbing.Hash
	err := r.with(func(db *DB) error {
		objects, err := db.reachable(context.Background(), []string{r.commit})
		for _, o := range objects {
			hashes = append(hashes, o.name)
		}
		return err
	})
	if err != nil {
		return err
	}
	s := filesystem.NewStorage(osfs.New(r.out()), cache.NewObjectLRUDefault())
	w, err := s.PackfileWriter()
	if err != nil {
		return err
	}
	from := r.storage()
	_, err = packfile.NewEncoder(w, from, false).Encode(hashes, 0)
	return errors.Join(err, w.Close(), from.Close(), s.Close())
}

// someDelta copies a thousand bytes and adds twenty, again and again.
func someDelta(size int) (base, delta []byte) {
	base = make([]byte, size)
	var ops []byte
	to := 0
	for at := 0; at+1000 <= size; at += 1000 {
		ops = append(ops, 0xb7, byte(at), byte(at>>8), byte(at>>16), 0xe8, 0x03)
		ops = append(append(ops, 20), base[:20]...)
		to += 1020
	}
	return base, append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(size)), uint64(to)), ops...)
}

// manyRefs has 10,000 references in one file, of which HEAD is the last.
func manyRefs(b *testing.B) benchRepo {
	dir := b.TempDir()
	var packed strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&packed, "%s refs/heads/branch%05d\n", someHash, i)
	}
	writeIn(b, dir, "packed-refs", packed.String())
	writeIn(b, dir, "HEAD", "ref: refs/heads/branch09999\n")
	return benchRepo{dir: dir}
}

func manySections(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[a%d]\n", i)
	}
	return b.String()
}

// What is written can be read by go-git, which looks at more than is looked at here.
func TestWritePack(t *testing.T) {
	r := madeUp(t, true)
	dir := r.out()
	to, err := staging.NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.with(func(db *DB) error { return WritePack(t.Context(), to, []*DB{db}, []string{r.commit}) }); err != nil {
		t.Fatal(err)
	}
	thin := benchRepo{dir: dir, commit: r.commit}
	if err := errors.Join(to.Finish(), thin.readAllGoGit(), thin.readAll()); err != nil {
		t.Error(err)
	}
}

// An index that go-git writes has each object where it is, beyond 31 bits too.
func TestWriteIndex(t *testing.T) {
	var w idxfile.Writer
	places := map[plumbing.Hash]int64{}
	for i := range 1000 {
		h := plumbing.ComputeHash(plumbing.BlobObject, fmt.Append(nil, i))
		places[h] = int64(i+1) * (5 << 20)
		w.Add(h, uint64(places[h]), uint32(i))
	}
	dir := t.TempDir()
	to, err := staging.NewWriter(filepath.Join(dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.OnFooter(someHash), writeIndex(to, "objects/pack/pack-1.idx", &w), to.Finish()); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "x", "objects"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p, err := openPack(root, "pack/pack-1", NewBudget())
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	for h, want := range places {
		if got, ok, err := p.find(h); got != want || !ok || err != nil {
			t.Errorf("%s is at %d, %t, %v, want %d", h, got, ok, err, want)
		}
	}
}
