package object

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/klauspost/compress/zlib"
)

// packed says where in a pack an object is.
type packed struct {
	offset int64
	sum    uint32 // CRC-32 of the entry
}

// WritePack writes to objects/pack commits with their trees and files, as one pack without
// deltas: a single commit has few files like others of it. The index comes last, as it
// makes a pack one.
func (db *DB) WritePack(ctx context.Context, to *staging.Tree, commits []string) error {
	objects, err := db.reachable(ctx, commits)
	if err != nil {
		return err
	}
	name := "objects/pack/pack-" + nameOfPack(objects)
	at, sum, err := db.writeObjects(ctx, to, name+".pack", objects)
	if err != nil {
		return err
	}
	return to.WriteFile(name+".idx", 0o444, encodePackIndex(objects, at, sum))
}

// nameOfPack is as git named packs up to 1.8: by the objects in it.
func nameOfPack(objects []packObject) string {
	h := sha1.New()
	for _, o := range objects {
		h.Write(o.name[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// packWriter counts and hashes what is written.
type packWriter struct {
	to     *bufio.Writer
	hash   hash.Hash
	crc    hash.Hash32
	offset int64
}

func (w *packWriter) Write(p []byte) (int, error) {
	w.hash.Write(p)
	w.crc.Write(p)
	w.offset += int64(len(p))
	return w.to.Write(p)
}

func (db *DB) writeObjects(ctx context.Context, to *staging.Tree, name string, objects []packObject) (at []packed, sum []byte, err error) {
	file, err := to.Create(name, 0o444)
	if err != nil {
		return nil, nil, err
	}
	w := &packWriter{to: bufio.NewWriterSize(file, 1<<20), hash: sha1.New(), crc: crc32.NewIEEE()}
	head := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(objects)))
	_, err = w.Write(head)
	z := zlib.NewWriter(io.Discard)
	for _, o := range objects {
		if err = errors.Join(err, ctx.Err()); err != nil {
			break
		}
		w.crc.Reset()
		p := packed{offset: w.offset}
		err = db.writeObject(ctx, w, z, o)
		p.sum = w.crc.Sum32()
		at = append(at, p)
	}
	sum = w.hash.Sum(nil)
	if err == nil {
		_, err = w.to.Write(sum)
	}
	if err == nil {
		err = w.to.Flush()
	}
	return at, sum, errors.Join(err, file.Close())
}

func (db *DB) writeObject(ctx context.Context, w io.Writer, z *zlib.Writer, o packObject) error {
	write := func(data []byte) error {
		if _, err := w.Write(entryHead(o.typ, len(data))); err != nil {
			return err
		}
		z.Reset(w)
		if _, err := z.Write(data); err != nil {
			return err
		}
		return z.Close()
	}
	if o.typ == plumbing.BlobObject {
		return db.Use(ctx, o.name, MaxBlob, 1, write)
	}
	data, err := db.Read(ctx, o.name, o.typ, MaxTree)
	if err != nil {
		return err
	}
	return write(data)
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

// encodePackIndex makes an index of version 2; see [pack].
func encodePackIndex(objects []packObject, at []packed, sum []byte) []byte {
	var b bytes.Buffer
	b.Write(idxHead)
	var fanout [256]uint32
	for _, o := range objects {
		fanout[o.name[0]]++
	}
	for i, n := range fanout {
		if i > 0 {
			fanout[i] = fanout[i-1] + n
		}
		b.Write(binary.BigEndian.AppendUint32(nil, fanout[i]))
	}
	var names, sums, offsets, long []byte
	for i, o := range objects {
		names = append(names, o.name[:]...)
		sums = binary.BigEndian.AppendUint32(sums, at[i].sum)
		if at[i].offset>>31 == 0 {
			offsets = binary.BigEndian.AppendUint32(offsets, uint32(at[i].offset))
			continue
		}
		offsets = binary.BigEndian.AppendUint32(offsets, 1<<31|uint32(len(long)/8))
		long = binary.BigEndian.AppendUint64(long, uint64(at[i].offset))
	}
	for _, part := range [][]byte{names, sums, offsets, long, sum} {
		b.Write(part)
	}
	all := sha1.Sum(b.Bytes())
	return append(b.Bytes(), all[:]...)
}
