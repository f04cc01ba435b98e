package object

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// The layout of a pack index of version 2 with n objects: an 8-byte head, for
// each first byte how many names begin with at most it, then n names in order, n
// checksums, n offsets, 8-byte offsets for those beyond 31 bits, two hashes. Version 1, which
// git no longer writes, has no head, and n times an offset with the name behind it.
const (
	idxFanout = 8
	idxNames  = idxFanout + 256*4
	idxSums   = 2 * plumbingHashSize
	idxNames1 = idxNames - idxFanout + 4
	idxStep1  = plumbingHashSize + 4

	plumbingHashSize = len(plumbing.Hash{})
)

var idxHead = []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}

// maxBucket bounds the names with one first byte that are kept in memory, in
// bytes. It is reached by packs of some thirteen million objects.
const maxBucket = 1 << 20

// errPack is wrapped by errors for packs that cannot be what git wrote.
var errPack = fmt.Errorf("%w: malformed pack", ErrDamaged)

// pack is one pack and its index. It is safe for concurrent use: both are read
// with ReadAt, and names are kept by first byte once they were asked for.
type pack struct {
	number  int64  // of its own
	name    string // without extension, relative to the folder of objects
	idx     *os.File
	idxSize int64
	names   int64 // where in the index the first name is
	step    int64 // from one name to the next, in bytes
	fanout  [256]uint32
	buckets [256]atomic.Pointer[[]byte]

	open func() (*packFile, error) // once, when first needed
	file atomic.Pointer[packFile]  // what it opened

	known map[plumbing.Hash]int64 // where objects begin, of a pack without an index
}

// packFile is the file of a pack.
type packFile struct {
	*os.File
	size int64
}

// openPacks opens the indexes of all packs in a folder of objects, in order of
// their names. A pack that is read adds to b what it is worth.
func openPacks(objects *os.Root, b *Budget) (packs []*pack, err error) {
	entries, err := fsx.ReadDirIn(objects, "pack")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		base, isIdx := strings.CutSuffix(e.Name(), ".idx")
		if !isIdx || !strings.HasPrefix(base, "pack-") {
			continue
		}
		p, err := openPack(objects, path.Join("pack", base), b)
		if err != nil {
			return packs, err
		}
		packs = append(packs, p)
	}
	return packs, err
}

func openPack(objects *os.Root, name string, b *Budget) (*pack, error) {
	f, fi, err := fsx.OpenRegularIn(objects, name+".idx")
	if err != nil {
		return nil, err
	}
	p := &pack{number: packs.Add(1), name: name, idx: f, idxSize: fi.Size()}
	p.open = p.opener(objects, b)
	if err := p.readFanout(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s.idx: %w", name, err)
	}
	return p, nil
}

// opener opens the file of the pack once, and adds to b what it is worth.
func (p *pack) opener(objects *os.Root, b *Budget) func() (*packFile, error) {
	return sync.OnceValues(func() (*packFile, error) {
		f, fi, err := fsx.OpenRegularIn(objects, p.name+".pack")
		if err != nil {
			return nil, err
		}
		b.admit(fi)
		p.file.Store(&packFile{f, fi.Size()})
		return p.file.Load(), nil
	})
}

func (p *pack) readFanout() error {
	var head [idxNames]byte
	if _, err := p.idx.ReadAt(head[:], 0); err != nil {
		return fmt.Errorf("%w: %w", errPack, err)
	}
	fanout := head[idxFanout:]
	switch {
	case bytes.HasPrefix(head[:], idxHead):
		p.names, p.step = int64(idxNames), int64(plumbingHashSize)
	case bytes.HasPrefix(head[:], idxHead[:4]):
		return fmt.Errorf("%w: not an index of version 1 or 2", errPack)
	default:
		p.names, p.step, fanout = int64(idxNames1), int64(idxStep1), head[:]
	}
	last := uint32(0)
	for i := range p.fanout {
		n := binary.BigEndian.Uint32(fanout[4*i:])
		if n < last {
			return fmt.Errorf("%w: its table of first bytes descends", errPack)
		}
		p.fanout[i], last = n, n
	}
	if need := p.minSize(); p.idxSize < need || p.isOld() && p.idxSize > need {
		return fmt.Errorf("%w: it has not the size for %d objects", errPack, last)
	}
	return nil
}

// isOld reports whether the index is of version 1.
func (p *pack) isOld() bool { return p.step == int64(idxStep1) }

// minSize is how long the index is without 8-byte offsets.
func (p *pack) minSize() int64 {
	if p.isOld() {
		return p.names + p.step*p.count() - 4 + int64(idxSums)
	}
	return p.offsetsAt() + 4*p.count() + int64(idxSums)
}

func (p *pack) count() int64     { return int64(p.fanout[255]) }
func (p *pack) offsetsAt() int64 { return int64(idxNames) + p.count()*int64(plumbingHashSize+4) }

// find returns where in the pack the object begins.
func (p *pack) find(h plumbing.Hash) (offset int64, ok bool, err error) {
	if p.idx == nil {
		offset, ok = p.known[h]
		return offset, ok, nil
	}
	n, ok, err := p.search(h)
	if err != nil || !ok {
		return 0, false, err
	}
	offset, err = p.offset(n)
	return offset, err == nil, err
}

// has reports whether find finds it.
func (p *pack) has(h plumbing.Hash) (ok bool, err error) {
	if p.idx == nil {
		_, ok = p.known[h]
		return ok, nil
	}
	_, ok, err = p.search(h)
	return ok, err
}

// search returns the number of the first object whose name is not below h, and
// whether it is h.
func (p *pack) search(h plumbing.Hash) (n int64, ok bool, err error) {
	low, high := p.bounds(h[0])
	bucket, err := p.bucket(h[0])
	if err != nil {
		return 0, false, err
	}
	start := low
	var name plumbing.Hash
	for low < high {
		mid := low + (high-low)/2
		if bucket != nil {
			copy(name[:], bucket[(mid-start)*p.step:])
		} else if err := p.nameAt(mid, &name); err != nil {
			return 0, false, err
		}
		switch bytes.Compare(h[:], name[:]) {
		case 0:
			return mid, true, nil
		case -1:
			high = mid
		default:
			low = mid + 1
		}
	}
	return low, false, nil
}

// bounds returns the numbers of the objects whose names begin with a byte.
func (p *pack) bounds(first byte) (low, high int64) {
	if first > 0 {
		low = int64(p.fanout[first-1])
	}
	return low, int64(p.fanout[first])
}

// bucket returns the names that begin with a byte, nil if they are too many.
func (p *pack) bucket(first byte) ([]byte, error) {
	if b := p.buckets[first].Load(); b != nil {
		return *b, nil
	}
	low, high := p.bounds(first)
	size := (high - low) * p.step
	if size > maxBucket {
		return nil, nil
	}
	b := make([]byte, size)
	if _, err := p.idx.ReadAt(b, p.names+low*p.step); err != nil {
		return nil, fmt.Errorf("%s.idx: %w", p.name, err)
	}
	p.buckets[first].Store(&b)
	return b, nil
}

func (p *pack) nameAt(n int64, name *plumbing.Hash) error {
	if _, err := p.idx.ReadAt(name[:], p.names+n*p.step); err != nil {
		return fmt.Errorf("%s.idx: %w", p.name, err)
	}
	return nil
}

// offset reads the place of the nth object; in version 2 a set top bit says that the rest is
// an index into the table of long offsets.
func (p *pack) offset(n int64) (int64, error) {
	var b [8]byte
	at := p.offsetsAt() + 4*n
	if p.isOld() {
		at = p.names + p.step*n - 4
	}
	if _, err := p.idx.ReadAt(b[:4], at); err != nil {
		return 0, fmt.Errorf("%s.idx: %w", p.name, err)
	}
	short := binary.BigEndian.Uint32(b[:4])
	if short>>31 == 0 || p.isOld() {
		return int64(short), nil
	}
	if _, err := p.idx.ReadAt(b[:], p.offsetsAt()+4*p.count()+8*int64(short&^(1<<31))); err != nil {
		return 0, fmt.Errorf("%s.idx: %w", p.name, err)
	}
	return int64(binary.BigEndian.Uint64(b[:]) &^ (1 << 63)), nil
}

// shared returns how many hexadecimal digits h has in common with the name most
// like it of all other objects in the pack.
func (p *pack) shared(h plumbing.Hash) (int, error) {
	n, found, err := p.search(h)
	if err != nil {
		return 0, err
	}
	next := n
	if found {
		next++
	}
	most := 0
	for _, neighbour := range []int64{n - 1, next} {
		var name plumbing.Hash
		if neighbour < 0 || neighbour >= p.count() {
			continue
		}
		if err := p.nameAt(neighbour, &name); err != nil {
			return 0, err
		}
		most = max(most, sharedDigits(h, name))
	}
	return most, nil
}

// sharedDigits counts the hexadecimal digits that two names begin with alike.
func sharedDigits(a, b plumbing.Hash) int {
	for i := range a {
		switch d := a[i] ^ b[i]; {
		case d>>4 != 0:
			return 2 * i
		case d != 0:
			return 2*i + 1
		}
	}
	return 2 * len(a)
}

func (p *pack) close() error {
	err := p.idx.Close()
	if f := p.file.Load(); f != nil {
		err = errors.Join(err, f.Close())
	}
	return err
}
