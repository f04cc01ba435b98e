package gitsrc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// The layout of a pack index of version 2 with n objects: an 8-byte head, for
// each first byte how many names begin with at most it, then n names in order, n
// checksums, n offsets, 8-byte offsets for those beyond 31 bits, two hashes.
const (
	idxFanout = 8
	idxNames  = idxFanout + 256*4
	idxSums   = 2 * plumbingHashSize

	plumbingHashSize = len(plumbing.Hash{})
)

var idxHead = []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}

// maxChain bounds a chain of deltas; git makes none longer than 4095.
const maxChain = 4096

// errPack is wrapped by errors for packs that cannot be what git wrote.
var errPack = errors.New("malformed pack")

// pack is one pack and its index. The index is searched in the file: it has some
// 28 bytes for each object, of which a lookup needs a few hundred.
type pack struct {
	root    *os.Root
	name    string // without extension, relative to the git directory
	idx     *os.File
	idxSize int64
	fanout  [256]uint32

	file *os.File // opened when first needed, with the scanner over it
	scan *packfile.Scanner
}

// openPacks opens the indexes of all packs, in order of their names.
func openPacks(root *os.Root) (packs []*pack, err error) {
	entries, err := fs.ReadDir(root.FS(), "objects/pack")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		base, isIdx := strings.CutSuffix(e.Name(), ".idx")
		if !isIdx || !strings.HasPrefix(base, "pack-") {
			continue
		}
		p, err := openPack(root, path.Join("objects/pack", base))
		if err != nil {
			return packs, err
		}
		packs = append(packs, p)
	}
	return packs, err
}

func openPack(root *os.Root, name string) (*pack, error) {
	f, fi, err := openRegular(root, name+".idx")
	if err != nil {
		return nil, err
	}
	p := &pack{root: root, name: name, idx: f, idxSize: fi.Size()}
	if err := p.readFanout(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s.idx: %w", name, err)
	}
	return p, nil
}

func (p *pack) readFanout() error {
	var head [idxNames]byte
	if _, err := p.idx.ReadAt(head[:], 0); err != nil {
		return fmt.Errorf("%w: %w", errPack, err)
	}
	if !bytes.HasPrefix(head[:], idxHead) {
		return fmt.Errorf("%w: not an index of version 2", errPack)
	}
	last := uint32(0)
	for i := range p.fanout {
		n := binary.BigEndian.Uint32(head[idxFanout+4*i:])
		if n < last {
			return fmt.Errorf("%w: its table of first bytes descends", errPack)
		}
		p.fanout[i], last = n, n
	}
	if need := p.offsetsAt() + 4*p.count() + int64(idxSums); p.idxSize < need {
		return fmt.Errorf("%w: it is too short for %d objects", errPack, last)
	}
	return nil
}

func (p *pack) count() int64     { return int64(p.fanout[255]) }
func (p *pack) offsetsAt() int64 { return int64(idxNames) + p.count()*int64(plumbingHashSize+4) }

// find returns where in the pack the object begins.
func (p *pack) find(h plumbing.Hash) (offset int64, ok bool, err error) {
	low, high := int64(0), int64(p.fanout[h[0]])
	if h[0] > 0 {
		low = int64(p.fanout[h[0]-1])
	}
	var name plumbing.Hash
	for low < high {
		mid := low + (high-low)/2
		if _, err := p.idx.ReadAt(name[:], int64(idxNames)+mid*int64(plumbingHashSize)); err != nil {
			return 0, false, fmt.Errorf("%s.idx: %w", p.name, err)
		}
		switch bytes.Compare(h[:], name[:]) {
		case 0:
			offset, err := p.offset(mid)
			return offset, err == nil, err
		case -1:
			high = mid
		default:
			low = mid + 1
		}
	}
	return 0, false, nil
}

// offset reads the place of the nth object; a set top bit says that the rest is
// an index into the table of long offsets.
func (p *pack) offset(n int64) (int64, error) {
	var b [8]byte
	if _, err := p.idx.ReadAt(b[:4], p.offsetsAt()+4*n); err != nil {
		return 0, fmt.Errorf("%s.idx: %w", p.name, err)
	}
	short := binary.BigEndian.Uint32(b[:4])
	if short>>31 == 0 {
		return int64(short), nil
	}
	if _, err := p.idx.ReadAt(b[:], p.offsetsAt()+4*p.count()+8*int64(short&^(1<<31))); err != nil {
		return 0, fmt.Errorf("%s.idx: %w", p.name, err)
	}
	return int64(binary.BigEndian.Uint64(b[:]) &^ (1 << 63)), nil
}

// read returns the object at offset, whose size is at most limit bytes. Bases of
// deltas lie in the same pack.
func (p *pack) read(offset, limit int64) (plumbing.ObjectType, []byte, error) {
	if err := p.open(); err != nil {
		return 0, nil, err
	}
	var deltas [][]byte
	left := 2 * limit // what the whole chain may take
	for range maxChain {
		head, data, err := p.entry(offset, left)
		if err != nil {
			return 0, nil, fmt.Errorf("%s.pack: %w", p.name, err)
		}
		if !head.Type.IsDelta() {
			data, err = applyDeltas(data, deltas, limit)
			return head.Type, data, err
		}
		deltas = append(deltas, data)
		left -= int64(len(data))
		if offset, err = p.base(head); err != nil {
			return 0, nil, fmt.Errorf("%s.pack: %w", p.name, err)
		}
	}
	return 0, nil, fmt.Errorf("%s.pack: %w: more than %d deltas in a row", p.name, errPack, maxChain)
}

func (p *pack) open() error {
	if p.file != nil {
		return nil
	}
	f, _, err := openRegular(p.root, p.name+".pack")
	if err != nil {
		return err
	}
	p.file, p.scan = f, packfile.NewScanner(f)
	return nil
}

// entry reads one entry as it is stored: an object, or a delta.
func (p *pack) entry(offset, limit int64) (*packfile.ObjectHeader, []byte, error) {
	head, err := p.scan.SeekObjectHeader(offset)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errPack, err)
	}
	if head.Length < 0 || head.Length > limit {
		return nil, nil, tooLarge(fmt.Sprintf("the object at %d", offset), limit)
	}
	var data bytes.Buffer
	n, _, err := p.scan.NextObject(&data)
	if err == nil && n != head.Length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errPack, err)
	}
	return head, data.Bytes(), nil
}

func (p *pack) base(delta *packfile.ObjectHeader) (int64, error) {
	if delta.Type == plumbing.OFSDeltaObject {
		return delta.OffsetReference, nil
	}
	offset, ok, err := p.find(delta.Reference)
	if err == nil && !ok {
		err = fmt.Errorf("%w: base %s is missing", errPack, delta.Reference)
	}
	return offset, err
}

// applyDeltas builds an object from its base, the last delta first. All objects
// on the way together have at most 16 times limit bytes: a short delta can ask
// for a long copy.
func applyDeltas(data []byte, deltas [][]byte, limit int64) ([]byte, error) {
	work := 16 * limit
	for i := len(deltas) - 1; i >= 0; i-- {
		size, err := targetSize(deltas[i])
		if err != nil {
			return nil, err
		}
		if work -= size; work < 0 {
			return nil, tooLarge("a chain of deltas", 16*limit)
		}
		if data, err = packfile.PatchDelta(data, deltas[i]); err != nil {
			return nil, fmt.Errorf("%w: %w", errPack, err)
		}
	}
	if int64(len(data)) > limit {
		return nil, tooLarge("an object", limit)
	}
	return data, nil
}

// targetSize reads the second number of a delta: the size of what it makes.
func targetSize(delta []byte) (int64, error) {
	_, n := binary.Uvarint(delta)
	if n <= 0 {
		return 0, errPack
	}
	size, n := binary.Uvarint(delta[n:])
	if n <= 0 || size > 1<<62 {
		return 0, errPack
	}
	return int64(size), nil
}

func (p *pack) close() error {
	err := p.idx.Close()
	if p.file != nil {
		err = errors.Join(err, p.file.Close())
	}
	return err
}
