package object

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

var someHash = plumbing.Hash(sha1.Sum([]byte("x")))

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
		writeIn(t, "", filepath.Join(dir, "objects", looseName(someHash)), string(deflate([]byte(tt.data))))
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := openIn(root, dir, NewBudget())
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
		s.Close()
	}
}

func newReading(t testing.TB, s *DB, limit int64) *reading {
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

// packIndex1 makes one of version 1.
func packIndex1(h plumbing.Hash, offset uint32) []byte {
	fanout := packIndex(h, offset)[len(idxHead):idxNames]
	return slices.Concat(fanout, binary.BigEndian.AppendUint32(nil, offset), h[:], make([]byte, idxSums))
}

// openPackBytes opens a store of one pack.
func openPackBytes(t testing.TB, idx, pack []byte) *DB {
	dir := t.TempDir()
	writeIn(t, "", filepath.Join(dir, "objects/pack/pack-1.idx"), string(idx))
	writeIn(t, "", filepath.Join(dir, "objects/pack/pack-1.pack"), string(pack))
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openIn(root, dir, NewBudget())
	if err != nil {
		return nil
	}
	t.Cleanup(func() { s.Close() })
	return s
}

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
		if data, err := s.Read(t.Context(), someHash, plumbing.BlobObject, limit); err == nil {
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
	for size, ok := range map[int]bool{1 << 20: true, 1 << 30: false, MaxHeld: false} {
		idx, pack, h := growing(size)
		s := openPackBytes(t, idx, pack)
		before := allocated()
		data, err := s.Read(t.Context(), h, plumbing.BlobObject, 4096)
		if took := allocated() - before; (err == nil) != ok || ok && len(data) != 100 || took > 16<<20 {
			t.Errorf("by way of %d bytes: %v, %d bytes allocated", size, err, took)
		}
	}
}

// A delta says how large its base is, and the base itself may be far larger.
func TestPack_base_of_another_size(t *testing.T) {
	base := packEntry(plumbing.BlobObject, MaxHeld+1, nil, make([]byte, 100))
	delta := binary.AppendUvarint(binary.AppendUvarint(nil, 100), 100)
	small := packEntry(plumbing.OFSDeltaObject, len(delta)+2, baseOffset(len(base)), append(delta, 0x90, 100))
	head := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x02")
	s := openPackBytes(t, packIndex(someHash, uint32(len(head)+len(base))), slices.Concat(head, base, small, make([]byte, MaxHeld/1000)))
	before := allocated()
	_, err := s.Read(t.Context(), someHash, plumbing.BlobObject, MaxHeld/16)
	if took := allocated() - before; err == nil || took > 16<<20 {
		t.Errorf("%v, %d bytes allocated", err, took)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// An index of version 1 finds what one of version 2 does, and has one size only.
func TestPack_oldIndex(t *testing.T) {
	h := plumbing.ComputeHash(plumbing.BlobObject, []byte("hello"))
	pack := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), packEntry(plumbing.BlobObject, 5, nil, []byte("hello"))...)
	s := openPackBytes(t, packIndex1(h, 12), pack)
	defer s.Close()
	if data, err := s.Read(t.Context(), h, plumbing.BlobObject, 10); string(data) != "hello" {
		t.Errorf("read %q, %v", data, err)
	}
	other := h
	other[19] ^= 1
	if ok, err := s.has(other); ok || err != nil {
		t.Errorf("another object: %v, %v", ok, err)
	}
	if n, err := s.shared(other); n != 2*len(h)-1 || err != nil {
		t.Errorf("%d digits are shared, %v", n, err)
	}
	for _, size := range []int{-1, 1, 8} {
		idx := append(packIndex1(h, 12), make([]byte, 8)...)
		if s := openPackBytes(t, idx[:len(idx)-8+size], pack); s != nil {
			t.Errorf("an index with %d bytes more is opened", size)
		}
	}
}

// Whatever a pack and its index hold, what is read is what was asked for, and
// within the limit.
func FuzzPack(f *testing.F) {
	header := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01")
	blob := plumbing.ComputeHash(plumbing.BlobObject, []byte("hello"))
	f.Add(blob[:], packIndex(blob, 12), append(bytes.Clone(header), packEntry(plumbing.BlobObject, 5, nil, []byte("hello"))...))
	f.Add(someHash[:], packIndex(someHash, 12), append(bytes.Clone(header), packEntry(plumbing.REFDeltaObject, 4, someHash[:], []byte{1, 1, 0x90, 1})...))
	f.Add(blob[:], packIndex1(blob, 12), append(bytes.Clone(header), packEntry(plumbing.BlobObject, 5, nil, []byte("hello"))...))
	f.Fuzz(func(t *testing.T, name, idx, pack []byte) {
		if len(name) != len(someHash) {
			return
		}
		s := openPackBytes(t, idx, pack)
		if s == nil {
			return
		}
		data, err := s.Read(t.Context(), plumbing.Hash(name), plumbing.BlobObject, 1000)
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

func TestApplyDelta(t *testing.T) {
	const base = "0123456789"
	for _, tt := range []struct{ delta, want string }{
		{"\x0a\x03\x91\x02\x03", "234"}, {"\x0a\x0a\x90\x0a", base}, {"\x0a\x05\x02ab\x91\x07\x03", "ab789"}, {"\x0a\x00", ""}, {"\x0a\x01\x93\x09\x00\x01", "9"},
		{"", ""}, {"\x0a", ""}, {"\x09\x01\x90\x01", ""}, {"\x0a\x02\x90\x01", ""}, {"\x0a\x01\x90\x02", ""}, {"\x0a\x03\x91\x08\x03", ""}, {"\x0a\x01\x91\x0b\x01", ""},
		{"\x0a\x01\x00", ""}, {"\x0a\x02\x02a", ""}, {"\x0a\x01\x91", ""}, {"\x0a\x01\x80", ""}, {"\x0a\x01\x9f\xff\xff\xff\xff\x01", ""}, {"\x0a\xff\xff\xff\xff\x7f\x90\x01", ""},
	} {
		got, err := applyDelta([]byte(base), []byte(tt.delta))
		if string(got) != tt.want || (err == nil) != (tt.want != "" || tt.delta == "\x0a\x00") {
			t.Errorf("applyDelta(%q) = %q, %v, want %q", tt.delta, got, err, tt.want)
		}
	}
}

// Deltas make what they say or fail, whatever they hold.
func FuzzDelta(f *testing.F) {
	f.Add([]byte("base"), []byte{4, 6, 0x90, 4, 2, 'x', 'y'})
	f.Add([]byte("base"), []byte{4, 1, 0})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		_, size, _, err := sizes(delta)
		if err != nil || size > 1<<20 {
			return
		}
		got, err := applyDelta(base, delta)
		if err == nil && int64(len(got)) != size {
			t.Errorf("%d bytes, want %d", len(got), size)
		}
	})
}

// Trees are read to their ends or refused.
func FuzzCutEntry(f *testing.F) {
	f.Add([]byte("100644 a\x0001234567890123456789"))
	f.Fuzz(func(t *testing.T, tree []byte) {
		e, rest, err := CutEntry(tree)
		if err != nil {
			return
		}
		again := append([]byte(e.Name+"\x00"), e.Hash[:]...)
		if !bytes.HasSuffix(tree[:len(tree)-len(rest)], again) || e.Mode > 0o177777 {
			t.Errorf("CutEntry(%q) = %+v", tree, e)
		}
	})
}
