package object

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"io"
	"os"

	"cargohome/internal/fsx"
	"cargohome/internal/par"
	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
)

// Reindex writes the index of a pack, pack/pack-HASH below the folder objects of the
// repository in dir, as git makes it: the pack is read from its beginning, and each object
// named by its content. A pack that has not the bytes it was written with, or cannot be
// read to its end, is an error that matches [ErrDamaged].
func Reindex(ctx context.Context, dir, pack string, to *staging.Writer, name string) error {
	root, err := fsx.OpenRootBelow(dir, "objects")
	if err != nil {
		return err
	}
	defer root.Close()
	v := &verifier{ctx: ctx, root: root, budget: NewBudget()}
	sum, err := v.sum(pack+".pack", int64(plumbingHashSize))
	if err != nil {
		return err
	}
	x := &indexer{verifier: v, pack: unindexed(root, pack, v.budget), made: map[int64][]int{}, named: map[plumbing.Hash][]int{}}
	if x.file, err = x.pack.open(); err != nil {
		return err
	}
	defer x.file.Close()
	if err := errors.Join(x.scan(), x.name()); err != nil {
		return err
	}
	var idx idxfile.Writer
	err = idx.OnHeader(uint32(len(x.entries)))
	for _, e := range x.entries {
		idx.Add(e.name, uint64(e.offset), e.crc)
	}
	if err = errors.Join(err, idx.OnFooter(plumbing.Hash(sum))); err != nil {
		return err
	}
	return writeIndex(to, name, &idx)
}

// unindexed is a pack whose index is to be made.
func unindexed(objects *os.Root, name string, b *Budget) *pack {
	p := &pack{number: packs.Add(1), name: name, known: map[plumbing.Hash]int64{}}
	p.open = p.opener(objects, b)
	return p
}

// indexed is what an index says of an object.
type indexed struct {
	offset int64
	crc    uint32
	name   plumbing.Hash
}

// indexer makes the index of a pack.
type indexer struct {
	*verifier
	pack    *pack
	file    *packFile
	entries []indexed
	whole   []int                   // those that are no deltas
	made    map[int64][]int         // deltas, by where what they are applied to begins
	named   map[plumbing.Hash][]int // deltas, by what they are applied to
}

// firstEntry is where the first entry of a pack begins.
const firstEntry = 12

// scan finds where each entry begins and ends, and names those that are no deltas.
func (x *indexer) scan() error {
	var head [firstEntry]byte
	if _, err := x.file.ReadAt(head[:], 0); err != nil {
		return damaged(unexpected(err))
	}
	if string(head[:8]) != "PACK\x00\x00\x00\x02" {
		return fmt.Errorf("%w: not a pack of version 2", errPack)
	}
	count := int64(binary.BigEndian.Uint32(head[8:]))
	if count > maxReachable {
		return &LimitError{"objects in a pack", maxReachable}
	}
	dec, buf := newDecoder(), make([]byte, 64<<10)
	at := int64(firstEntry)
	for n := range int(count) {
		end, err := x.entry(dec, buf, n, at)
		if err = cmp.Or(err, x.ctx.Err()); err != nil {
			return err
		}
		at = end
	}
	if at != x.file.size-int64(plumbingHashSize) {
		return fmt.Errorf("%w: it has more than the %d objects that it says", errPack, count)
	}
	return nil
}

// entry reads the entry of a number, and returns where it ends.
func (x *indexer) entry(dec *decoder, buf []byte, n int, at int64) (end int64, err error) {
	h, err := dec.readHead(x.file, at)
	if err != nil {
		return 0, damaged(unexpected(err))
	}
	if err := x.budget.Spend(workPerBlobByte * h.size); err != nil {
		return 0, err
	}
	e := indexed{offset: at}
	switch h.typ {
	case plumbing.OFSDeltaObject:
		x.made[h.base] = append(x.made[h.base], n)
		end, err = dec.skip(h.size, buf, io.Discard)
	case plumbing.REFDeltaObject:
		x.named[h.ref] = append(x.named[h.ref], n)
		end, err = dec.skip(h.size, buf, io.Discard)
	default:
		hash := plumbing.NewHasher(h.typ, h.size)
		end, err = dec.skip(h.size, buf, hash)
		x.whole, e.name = append(x.whole, n), hash.Sum()
	}
	if err != nil {
		return 0, damaged(err)
	}
	crc := crc32.NewIEEE()
	_, err = io.CopyBuffer(crc, io.NewSectionReader(x.file, at, end-at), buf)
	e.crc = crc.Sum32()
	x.entries = append(x.entries, e)
	return end, err
}

// skip reads the zlib stream at which src stands, which must hold size bytes and end in
// their checksum, and returns where in the file it ends.
func (d *decoder) skip(size int64, buf []byte, to io.Writer) (end int64, err error) {
	if err := d.start(); err != nil {
		return 0, err
	}
	sum := adler32.New()
	n, err := io.CopyBuffer(io.MultiWriter(sum, to), io.LimitReader(d.z, size), buf)
	if err == nil && n < size {
		err = io.EOF
	}
	if err != nil {
		return 0, unexpected(err)
	}
	if err := d.end(); err != nil {
		return 0, err
	}
	err = d.checkSum(sum.Sum32())
	return d.part.at - int64(d.src.Buffered()), err
}

// name names the deltas: first those that are applied to what has a name, and so on.
func (x *indexer) name() error {
	left := len(x.entries) - len(x.whole)
	for ready := x.whole; len(ready) > 0 && left > 0; left -= len(ready) {
		ready = x.next(ready)
		const chunk = 256
		errs := par.Do(x.ctx, x.jobs, (len(ready)+chunk-1)/chunk, newDecoder, func(d *decoder, i int) error {
			for _, n := range ready[i*chunk : min(len(ready), (i+1)*chunk)] {
				if err := x.make(d, &x.entries[n]); err != nil {
					return err
				}
			}
			return nil
		})
		if err := cmp.Or(errs...); err != nil {
			return err
		}
	}
	if left > 0 {
		return fmt.Errorf("%w: of %d objects the base is missing", errPack, left)
	}
	return nil
}

// next returns the deltas on what was named just now.
func (x *indexer) next(named []int) (deltas []int) {
	for _, n := range named {
		e := &x.entries[n]
		deltas = append(deltas, x.made[e.offset]...)
		if on := x.named[e.name]; len(on) > 0 {
			x.pack.known[e.name] = e.offset
			deltas = append(deltas, on...)
			delete(x.named, e.name)
		}
	}
	return deltas
}

func (x *indexer) make(d *decoder, e *indexed) error {
	return x.pack.read(x.reading(d), e.offset, func(typ plumbing.ObjectType, data []byte) error {
		e.name = plumbing.ComputeHash(typ, data)
		return cmp.Or(x.budget.Spend(workPerBlobByte*int64(len(data))), x.ctx.Err())
	})
}
