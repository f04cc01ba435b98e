package gitsrc

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/memory"
)

// fixture is a repository being built: objects in memory, and a commit of files.
type fixture struct {
	t      testing.TB
	mem    *memory.Storage
	commit plumbing.Hash
}

func newFixture(t testing.TB, files map[string]string) *fixture {
	f := &fixture{t: t, mem: memory.NewStorage()}
	commit := &object.Commit{TreeHash: f.tree(files), Author: object.Signature{When: time.Unix(0, 0)}, Committer: object.Signature{When: time.Unix(0, 0)}}
	f.commit = f.add(commit)
	return f
}

type encoder interface {
	Encode(plumbing.EncodedObject) error
}

func (f *fixture) add(e encoder) plumbing.Hash {
	o := f.mem.NewEncodedObject()
	if err := e.Encode(o); err != nil {
		f.t.Fatal(err)
	}
	h, err := f.mem.SetEncodedObject(o)
	if err != nil {
		f.t.Fatal(err)
	}
	return h
}

func (f *fixture) blob(content string) plumbing.Hash {
	o := f.mem.NewEncodedObject()
	o.SetType(plumbing.BlobObject)
	w, _ := o.Writer()
	w.Write([]byte(content))
	h, _ := f.mem.SetEncodedObject(o)
	return h
}

// tree makes trees of paths with slashes. A content that begins with "-> " makes
// a symbolic link, one with "@ " a submodule at that commit; a name that ends in
// "*" is an executable's.
func (f *fixture) tree(files map[string]string) plumbing.Hash {
	t := &object.Tree{}
	below := map[string]map[string]string{}
	for name, content := range files {
		if dir, rest, ok := strings.Cut(name, "/"); ok {
			if below[dir] == nil {
				below[dir] = map[string]string{}
			}
			below[dir][rest] = content
			continue
		}
		mode := filemode.Regular
		if link, ok := strings.CutPrefix(content, "-> "); ok {
			mode, content = filemode.Symlink, link
		}
		if commit, ok := strings.CutPrefix(content, "@ "); ok {
			t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Submodule, Hash: plumbing.NewHash(commit)})
			continue
		}
		if bare, ok := strings.CutSuffix(name, "*"); ok {
			name, mode = bare, filemode.Executable
		}
		t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: mode, Hash: f.blob(content)})
	}
	for name, sub := range below {
		t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: f.tree(sub)})
	}
	slices.SortFunc(t.Entries, func(a, b object.TreeEntry) int {
		return strings.Compare(sortName(a), sortName(b))
	})
	return f.add(t)
}

func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

// write puts the objects below a git directory, in a pack or one by one.
func (f *fixture) write(gitDir string, packed bool) {
	f.t.Helper()
	disk := filesystem.NewStorage(osfs.New(gitDir), cache.NewObjectLRUDefault())
	if packed {
		f.writePack(disk)
		return
	}
	for _, o := range f.mem.Objects {
		if _, err := disk.SetEncodedObject(o); err != nil {
			f.t.Fatal(err)
		}
	}
	f.file(gitDir, "objects/info/x", "")
}

func (f *fixture) writePack(disk *filesystem.Storage) {
	f.t.Helper()
	w, err := disk.PackfileWriter()
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := packfile.NewEncoder(w, f.mem, false).Encode(slices.Collect(maps.Keys(f.mem.Objects)), 10); err != nil {
		f.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) file(gitDir, name, content string) {
	f.t.Helper()
	writeFile(f.t, filepath.Join(gitDir, filepath.FromSlash(name)), content)
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// indexFiles are entries that resemble each other, so that packs hold deltas.
func indexFiles() map[string]string {
	files := map[string]string{"config.json": `{"dl":"x"}`, "link": "-> config.json"}
	for i := range 30 {
		name := fmt.Sprintf("ab/c%d/abc%d", i%10, i)
		files[name] = strings.Repeat("one line of an entry file\n", 50+i) + name
	}
	return files
}

const originHead = "refs/remotes/origin/HEAD"

func TestOpenIndex(t *testing.T) {
	files := indexFiles()
	f := newFixture(t, files)
	for _, tt := range []struct {
		name   string
		git    string // the git directory within the repository
		packed bool
		refs   map[string]string
	}{
		{"loose", ".git", false, map[string]string{originHead: f.commit.String() + "\n"}},
		{"packed", ".git", true, map[string]string{originHead: f.commit.String()}},
		{"bare", "", true, map[string]string{originHead: f.commit.String()}},
		{"bare_clone", "", true, map[string]string{"HEAD": "ref: refs/heads/x\n", "refs/heads/x": f.commit.String()}},
		{"only_master", ".git", true, map[string]string{"refs/remotes/origin/master": f.commit.String()}},
		{"symbolic", ".git", true, map[string]string{originHead: "ref: refs/remotes/origin/main\n", "refs/remotes/origin/main": f.commit.String()}},
		{"packed_refs", ".git", true, map[string]string{"packed-refs": "# pack-refs with: peeled\n" + f.commit.String() + " " + originHead + "\n^0123\n"}},
		{"head_first", ".git", true, map[string]string{originHead: f.commit.String(), "refs/remotes/origin/master": strings.Repeat("0", 40)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			git := filepath.Join(dir, tt.git)
			f.write(git, tt.packed)
			for name, text := range tt.refs {
				f.file(git, name, text)
			}
			checkTree(t, dir, files)
		})
	}
}

func checkTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	tree, err := OpenIndex(dir)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for name, want := range files {
		wg.Go(func() {
			got, err := tree.File(name)
			if strings.HasPrefix(want, "-> ") {
				if err == nil || errors.Is(err, fs.ErrNotExist) {
					t.Errorf("File(%q) of a symbolic link = %q, %v", name, got, err)
				}
			} else if err != nil || string(got) != want {
				t.Errorf("File(%q) = %d bytes, %v, want %d bytes", name, len(got), err, len(want))
			}
		})
	}
	wg.Wait()
	for _, name := range []string{"", "x", "ab/x", "ab/c0/x", "config.json/x", "../config.json", "ab//c0", "/config.json"} {
		if _, err := tree.File(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("File(%q): %v, want fs.ErrNotExist", name, err)
		}
	}
	if _, err := tree.File("ab/c0"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("File of a folder: %v", err)
	}
	if err := tree.Close(); err != nil {
		t.Error(err)
	}
	if _, err := tree.File("config.json"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("File after Close: %v, want fs.ErrClosed", err)
	}
}

func TestOpenIndex_absent(t *testing.T) {
	f := newFixture(t, indexFiles())
	for name, build := range map[string]func(dir string){
		"empty":   func(string) {},
		"no_refs": func(dir string) { f.write(filepath.Join(dir, ".git"), true) },
		"only_head": func(dir string) {
			f.write(filepath.Join(dir, ".git"), true)
			f.file(dir, ".git/HEAD", f.commit.String())
		},
	} {
		dir := t.TempDir()
		build(dir)
		if _, err := OpenIndex(dir); !errors.Is(err, ErrNoIndex) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want ErrNoIndex", name, err)
		}
	}
	if _, err := OpenIndex(filepath.Join(t.TempDir(), "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v, want fs.ErrNotExist", err)
	}
}

// Each repository here is damaged or leads elsewhere; reading from it fails, and
// not as if there were nothing.
func TestOpenIndex_refusals(t *testing.T) {
	f := newFixture(t, indexFiles())
	outside := t.TempDir()
	f.write(outside, false)
	f.file(outside, originHead, f.commit.String())
	for name, damage := range map[string]func(dir, git string){
		"git_file":     func(dir, git string) { os.RemoveAll(git); writeFile(t, git, "gitdir: "+outside+"\n") },
		"git_link":     func(dir, git string) { os.RemoveAll(git); symlink(t, outside, git) },
		"objects_link": func(dir, git string) { os.RemoveAll(git + "/objects"); symlink(t, outside+"/objects", git+"/objects") },
		"alternates": func(dir, git string) {
			os.RemoveAll(git + "/objects")
			writeFile(t, git+"/objects/info/alternates", outside+"/objects\n")
		},
		"ref_link": func(dir, git string) {
			os.Remove(git + "/" + originHead)
			symlink(t, outside+"/"+originHead, git+"/"+originHead)
		},
		"ref_escapes":      func(dir, git string) { f.file(git, originHead, "ref: refs/../../x") },
		"ref_outside":      func(dir, git string) { f.file(git, originHead, "ref: config") },
		"ref_cycle":        func(dir, git string) { f.file(git, originHead, "ref: "+originHead) },
		"ref_not_hex":      func(dir, git string) { f.file(git, originHead, strings.Repeat("g", 40)) },
		"ref_of_no_commit": func(dir, git string) { f.file(git, originHead, strings.Repeat("1", 40)) },
		"ref_of_blob":      func(dir, git string) { f.file(git, originHead, f.blob("x").String()) },
		"ref_folder":       func(dir, git string) { os.Remove(git + "/" + originHead); os.Mkdir(git+"/"+originHead, 0o777) },
		"ref_large":        func(dir, git string) { f.file(git, originHead, strings.Repeat("0", 1<<20)) },
		"object_of_other_content": func(dir, git string) {
			h := f.commit.String()
			other := f.blob("other").String()
			data, _ := os.ReadFile(path.Join(outside, "objects", other[:2], other[2:]))
			os.Remove(path.Join(git, "objects", h[:2], h[2:]))
			writeFile(t, path.Join(git, "objects", h[:2], h[2:]), string(data))
		},
		"idx_short": func(dir, git string) { writeFile(t, git+"/objects/pack/pack-1.idx", "\xfftOc\x00\x00\x00\x02") },
		"idx_v1":    func(dir, git string) { writeFile(t, git+"/objects/pack/pack-1.idx", strings.Repeat("\x00", 2000)) },
		"idx_count": func(dir, git string) {
			writeFile(t, git+"/objects/pack/pack-1.idx", "\xfftOc\x00\x00\x00\x02"+strings.Repeat("\x7f\xff\xff\xff", 256))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			git := filepath.Join(dir, ".git")
			f.write(git, false)
			f.file(git, originHead, f.commit.String())
			damage(dir, git)
			if tree, err := OpenIndex(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("OpenIndex = %v, %v, want an error that is not fs.ErrNotExist", tree, err)
			}
		})
	}
}

func symlink(t *testing.T, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
}

func TestLoose(t *testing.T) {
	for _, tt := range []struct {
		data string
		ok   bool
	}{
		{"blob 3\x00abc", true}, {"blob 0\x00", true},
		{"", false}, {"blob", false}, {"blob 3", false}, {"blob 3\x00ab", false}, {"blob 3\x00abcd", false}, {"blob -1\x00", false},
		{"blob 11\x00abcdefghijk", false}, {"blub 3\x00abc", false}, {strings.Repeat("x", 1000), false},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "objects", looseName(someHash)), string(deflate([]byte(tt.data))))
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := openStore(root, newBudget())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		err = s.find(newReading(t, s, 10), someHash, func(_ plumbing.ObjectType, data []byte) error {
			got = string(data)
			return nil
		})
		if _, want, _ := strings.Cut(tt.data, "\x00"); (err == nil) != tt.ok || tt.ok && got != want {
			t.Errorf("object %.20q: %q, %v, want ok %v", tt.data, got, err, tt.ok)
		}
		s.close()
	}
}

func newReading(t testing.TB, s *store, limit int64) *reading {
	return &reading{ctx: t.Context(), budget: s.budget, dec: newDecoder(), limit: limit, factor: 1}
}

// deflate and packEntry make what a pack consists of.
func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

func packEntry(typ plumbing.ObjectType, size int, base, data []byte) []byte {
	var b []byte
	c := byte(typ)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		b = append(b, c|0x80)
		c = byte(size & 127)
	}
	b = append(b, c)
	return append(append(b, base...), deflate(data)...)
}

// packIndex makes an index that places one object.
func packIndex(h plumbing.Hash, offset uint32) []byte {
	b := bytes.Clone(idxHead)
	for i := range 256 {
		n := uint32(0)
		if i >= int(h[0]) {
			n = 1
		}
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = append(b, h[:]...)
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, offset)
	return append(b, make([]byte, idxSums)...)
}

// openPackBytes opens a store of one pack.
func openPackBytes(t testing.TB, idx, pack []byte) *store {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "objects/pack/pack-1.idx"), string(idx))
	writeFile(t, filepath.Join(dir, "objects/pack/pack-1.pack"), string(pack))
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(root, newBudget())
	if err != nil {
		return nil
	}
	t.Cleanup(func() { s.close() })
	return s
}

var someHash = plumbing.Hash(sha1.Sum([]byte("x")))

func TestPack_hostile(t *testing.T) {
	const limit = 1000
	for name, pack := range map[string][]byte{
		"base_of_itself":             packEntry(plumbing.REFDeltaObject, 4, someHash[:], []byte{1, 1, 0x90, 1}),
		"base_of_itself_for_nothing": packEntry(plumbing.REFDeltaObject, 0, someHash[:], nil),
		"base_missing":               packEntry(plumbing.REFDeltaObject, 4, make([]byte, 20), []byte{1, 1, 0x90, 1}),
		"offset_of_itself":           packEntry(plumbing.OFSDeltaObject, 4, []byte{0}, []byte{1, 1, 0x90, 1}),
		"larger_than_said":           packEntry(plumbing.BlobObject, 4, nil, make([]byte, 1<<20)),
		"shorter":                    packEntry(plumbing.BlobObject, 4, nil, []byte{1}),
		"too_large":                  packEntry(plumbing.BlobObject, 1<<20, nil, make([]byte, 1<<20)),
		"size_overflows":             append([]byte{0xb0}, bytes.Repeat([]byte{0xff}, 20)...),
		"no_type":                    packEntry(5, 1, nil, []byte{1}),
		"empty":                      {},
		"other_content":              packEntry(plumbing.BlobObject, 1, nil, []byte{1}),
	} {
		s := openPackBytes(t, packIndex(someHash, 12), append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), pack...))
		if data, err := s.read(t.Context(), someHash, plumbing.BlobObject, limit); err == nil {
			t.Errorf("%s: read %d bytes", name, len(data))
		}
	}
}

// growing is a pack in which an object of 100 zeros is made of one of size bytes,
// and that of a small one by copying it again and again.
func growing(size int) (idx, pack []byte, h plumbing.Hash) {
	const part = 1<<16 - 1
	grow := binary.AppendUvarint(binary.AppendUvarint(nil, part), uint64(size))
	for left := size; left > 0; left -= part {
		n := min(left, part)
		grow = append(grow, 0xb0, byte(n), byte(n>>8))
	}
	shrink := append(binary.AppendUvarint(nil, uint64(size)), 100, 0x90, 100)
	base := packEntry(plumbing.BlobObject, part, nil, make([]byte, part))
	large := packEntry(plumbing.OFSDeltaObject, len(grow), baseOffset(len(base)), grow)
	small := packEntry(plumbing.OFSDeltaObject, len(shrink), baseOffset(len(large)), shrink)
	h = plumbing.ComputeHash(plumbing.BlobObject, make([]byte, 100))
	head := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x03")
	return packIndex(h, uint32(len(head)+len(base)+len(large))), slices.Concat(head, base, large, small), h
}

// baseOffset is what readBase reads.
func baseOffset(distance int) []byte {
	b := []byte{byte(distance & 0x7f)}
	for distance >>= 7; distance > 0; distance >>= 7 {
		distance--
		b = append([]byte{0x80 | byte(distance&0x7f)}, b...)
	}
	return b
}

// What is on the way to an object is made only once it is known to be no more than
// may be held: 18 KB stand for gigabytes.
func TestPack_sizes(t *testing.T) {
	for size, ok := range map[int]bool{1 << 20: true, 1 << 30: false, maxHeld: false} {
		idx, pack, h := growing(size)
		s := openPackBytes(t, idx, pack)
		before := allocated()
		data, err := s.read(t.Context(), h, plumbing.BlobObject, 4096)
		if took := allocated() - before; (err == nil) != ok || ok && len(data) != 100 || took > 16<<20 {
			t.Errorf("by way of %d bytes: %v, %d bytes allocated", size, err, took)
		}
	}
}

// A delta says how large its base is, and the base itself may be far larger.
func TestPack_base_of_another_size(t *testing.T) {
	base := packEntry(plumbing.BlobObject, maxHeld+1, nil, make([]byte, 100))
	delta := binary.AppendUvarint(binary.AppendUvarint(nil, 100), 100)
	small := packEntry(plumbing.OFSDeltaObject, len(delta)+2, baseOffset(len(base)), append(delta, 0x90, 100))
	head := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x02")
	s := openPackBytes(t, packIndex(someHash, uint32(len(head)+len(base))), slices.Concat(head, base, small, make([]byte, maxHeld/1000)))
	before := allocated()
	_, err := s.read(t.Context(), someHash, plumbing.BlobObject, maxHeld/16)
	if took := allocated() - before; err == nil || took > 16<<20 {
		t.Errorf("%v, %d bytes allocated", err, took)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestRemotes(t *testing.T) {
	f := newFixture(t, indexFiles())
	dir := t.TempDir()
	f.write(filepath.Join(dir, ".git"), true)
	f.file(dir, ".git/FETCH_HEAD", "0123\t\thttps://a/x\r\n0123\tnot-for-merge\tbranch 'm' of https://b/y\nnonsense\n0123\t\t'HEAD' of https://b/y\n")
	f.file(dir, ".git/config", "[core]\n\turl = https://no\n[remote \"origin\"]\n\tfetch = x\n\tURL = https://c/z.git\n[branch \"m\"]\nurl = https://no\n")
	got, want := strings.Join(Remotes(dir), " "), "https://a/x https://b/y https://c/z.git"
	if got != want {
		t.Errorf("Remotes = %q, want %q", got, want)
	}
	if got := Remotes(t.TempDir()); got != nil {
		t.Errorf("Remotes of no repository = %q", got)
	}
}

// Whatever a pack and its index hold, what is read is what was asked for, and
// within the limit.
func FuzzPack(f *testing.F) {
	header := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01")
	blob := plumbing.ComputeHash(plumbing.BlobObject, []byte("hello"))
	f.Add(blob[:], packIndex(blob, 12), append(bytes.Clone(header), packEntry(plumbing.BlobObject, 5, nil, []byte("hello"))...))
	f.Add(someHash[:], packIndex(someHash, 12), append(bytes.Clone(header), packEntry(plumbing.REFDeltaObject, 4, someHash[:], []byte{1, 1, 0x90, 1})...))
	f.Fuzz(func(t *testing.T, name, idx, pack []byte) {
		if len(name) != len(someHash) {
			return
		}
		s := openPackBytes(t, idx, pack)
		if s == nil {
			return
		}
		data, err := s.read(t.Context(), plumbing.Hash(name), plumbing.BlobObject, 1000)
		if err == nil && (len(data) > 1000 || plumbing.ComputeHash(plumbing.BlobObject, data) != plumbing.Hash(name)) {
			t.Errorf("read %d bytes of another object", len(data))
		}
	})
}

func FuzzFindEntry(f *testing.F) {
	f.Add([]byte("100644 a\x0001234567890123456789"), "a")
	f.Add([]byte("x\x0001234567890123456789"), "")
	f.Add([]byte("40000 a\x00012345678901234567"), "b")
	f.Fuzz(func(t *testing.T, tree []byte, name string) {
		mode, _, err := findEntry(tree, name)
		if err == nil && !bytes.Contains(tree, []byte(mode+" "+name+"\x00")) {
			t.Errorf("found %q %q in %q", mode, name, tree)
		}
	})
}
