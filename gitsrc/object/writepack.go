package object

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/klauspost/compress/zlib"
)

// foundObject is one in a repository that has it.
type foundObject struct {
	packObject
	in *DB
}

// WritePack writes to objects/pack commits with their trees and files, as one pack without
// deltas: a single commit has few files like others of it. The index comes last, as it
// makes a pack one. Each of the commits is read from the repository that stands in its place
// in from, and the pack is the same wherever they are read from.
func WritePack(ctx context.Context, to *staging.Writer, from []*DB, commits []string) error {
	objects, err := find(ctx, from, commits)
	if err != nil {
		return err
	}
	return packObjects(to, len(objects), func(p *packing) error {
		for _, o := range objects {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := o.in.addTo(ctx, p, o.packObject); err != nil {
				return err
			}
		}
		return nil
	})
}

// find returns commits with their trees and files, each once, in order of names.
func find(ctx context.Context, from []*DB, commits []string) (objects []foundObject, err error) {
	for begin, end := 0, 0; begin < len(commits); begin = end {
		for end < len(commits) && from[end] == from[begin] {
			end++
		}
		found, err := from[begin].reachable(ctx, commits[begin:end])
		if err != nil {
			return nil, err
		}
		objects = slices.Grow(objects, len(found))
		for _, o := range found {
			objects = append(objects, foundObject{o, from[begin]})
		}
	}
	compare := func(a, b foundObject) int { return bytes.Compare(a.name[:], b.name[:]) }
	slices.SortStableFunc(objects, compare)
	return slices.CompactFunc(objects, func(a, b foundObject) bool { return a.name == b.name }), nil
}

// addTo adds an object to a pack.
func (db *DB) addTo(ctx context.Context, p *packing, o packObject) error {
	add := func(data []byte) error { return p.add(o, data) }
	if o.typ == plumbing.BlobObject {
		return db.Use(ctx, o.name, MaxBlob, 1, add)
	}
	data, err := db.Read(ctx, o.name, o.typ, MaxTree)
	if err != nil {
		return err
	}
	return add(data)
}

// packing is a pack that is being written, with what its index will say.
type packing struct {
	to     *bufio.Writer
	hash   hash.Hash
	crc    hash.Hash32
	offset int64
	z      *zlib.Writer
	idx    idxfile.Writer
}

// packObjects writes to objects/pack a pack of so many objects, which add adds in order of
// their names, and then its index.
func packObjects(to *staging.Writer, count int, add func(p *packing) error) error {
	p := &packing{hash: sha1.New(), crc: crc32.NewIEEE(), z: zlib.NewWriter(io.Discard)}
	const fresh = "objects/pack/fresh.pack"
	sum, err := p.writeTo(to, fresh, count, add)
	if err != nil {
		return err
	}
	// go-git reads no pack that has another name than its checksum.
	name := "objects/pack/pack-" + sum.String()
	if err := os.Rename(filepath.Join(to.Path(), fresh), filepath.Join(to.Path(), name+".pack")); err != nil {
		return err
	}
	return writeIndex(to, name+".idx", &p.idx)
}

// writeIndex writes the index of a pack.
func writeIndex(to *staging.Writer, name string, of *idxfile.Writer) error {
	idx, err := of.Index()
	if err != nil {
		return err
	}
	file, err := to.Create(name, 0o444)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(file)
	_, err = idxfile.NewEncoder(b).Encode(idx)
	return errors.Join(err, b.Flush(), file.Close())
}

// writeTo writes the pack, and returns its checksum.
func (p *packing) writeTo(to *staging.Writer, name string, count int, add func(p *packing) error) (sum plumbing.Hash, err error) {
	file, err := to.Create(name, 0o444)
	if err != nil {
		return sum, err
	}
	p.to = bufio.NewWriterSize(file, 1<<20)
	head := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(count))
	_, err = p.Write(head)
	err = errors.Join(err, p.idx.OnHeader(uint32(count)))
	if err == nil {
		err = add(p)
	}
	p.hash.Sum(sum[:0])
	if err == nil {
		_, err = p.to.Write(sum[:])
	}
	if err == nil {
		err = p.to.Flush()
	}
	return sum, errors.Join(err, file.Close(), p.idx.OnFooter(sum))
}

// Write counts and hashes what is written.
func (p *packing) Write(b []byte) (int, error) {
	p.hash.Write(b)
	p.crc.Write(b)
	p.offset += int64(len(b))
	return p.to.Write(b)
}

// add writes an object.
func (p *packing) add(o packObject, data []byte) error {
	p.crc.Reset()
	start := p.offset
	if _, err := p.Write(entryHead(o.typ, len(data))); err != nil {
		return err
	}
	p.z.Reset(p)
	if _, err := p.z.Write(data); err != nil {
		return err
	}
	if err := p.z.Close(); err != nil {
		return err
	}
	p.idx.Add(o.name, uint64(start), p.crc.Sum32())
	return nil
}

// entryHead is what readHead reads.
func entryHead(typ plumbing.ObjectType, size int) []byte {
	c := byte(typ)<<4 | byte(size&15)
	var head []byte
	for size >>= 4; size > 0; size >>= 7 {
		head = append(head, c|0x80)
		c = byte(size & 0x7f)
	}
	return append(head, c)
}
