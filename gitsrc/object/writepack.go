package object

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/klauspost/compress/zlib"
)

// WritePack writes to objects/pack commits with their trees and files, as one pack without
// deltas: a single commit has few files like others of it. The index comes last, as it
// makes a pack one.
func (db *DB) WritePack(ctx context.Context, to *staging.Writer, commits []string) error {
	objects, err := db.reachable(ctx, commits)
	if err != nil {
		return err
	}
	var idx idxfile.Writer
	const fresh = "objects/pack/fresh.pack"
	sum, err := db.writeObjects(ctx, to, fresh, objects, &idx)
	if err != nil {
		return err
	}
	// go-git reads no pack that has another name than its checksum.
	name := "objects/pack/pack-" + sum.String()
	if err := os.Rename(filepath.Join(to.Path(), fresh), filepath.Join(to.Path(), name+".pack")); err != nil {
		return err
	}
	return writeIndex(to, name+".idx", &idx)
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

// writeObjects writes a pack, and tells idx where in it each object is. It returns the
// pack's checksum.
func (db *DB) writeObjects(ctx context.Context, to *staging.Writer, name string, objects []packObject, idx *idxfile.Writer) (sum plumbing.Hash, err error) {
	file, err := to.Create(name, 0o444)
	if err != nil {
		return sum, err
	}
	w := &packWriter{to: bufio.NewWriterSize(file, 1<<20), hash: sha1.New(), crc: crc32.NewIEEE()}
	head := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(objects)))
	_, err = w.Write(head)
	err = errors.Join(err, idx.OnHeader(uint32(len(objects))))
	z := zlib.NewWriter(io.Discard)
	for _, o := range objects {
		if err = errors.Join(err, ctx.Err()); err != nil {
			break
		}
		w.crc.Reset()
		start := w.offset
		err = db.writeObject(ctx, w, z, o)
		idx.Add(o.name, uint64(start), w.crc.Sum32())
	}
	w.hash.Sum(sum[:0])
	if err == nil {
		_, err = w.to.Write(sum[:])
	}
	if err == nil {
		err = w.to.Flush()
	}
	return sum, errors.Join(err, file.Close(), idx.OnFooter(sum))
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
