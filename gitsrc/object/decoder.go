package object

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/klauspost/compress/flate"
)

// decoder holds what reading one object after another uses again. It serves one
// goroutine at a time.
type decoder struct {
	part section
	src  *bufio.Reader // over part; flate is fastest on this type
	z    io.ReadCloser // over src, a flate.Resetter

	strict bool // see [OpenStrict]
}

func newDecoder() *decoder {
	d := &decoder{}
	d.src = bufio.NewReaderSize(&d.part, 8<<10)
	d.z = flate.NewReader(d.src)
	return d
}

// seek makes src read from a part of a file.
func (d *decoder) seek(f io.ReaderAt, at, end int64) {
	d.part = section{f, at, end}
	d.src.Reset(&d.part)
}

// left returns how many bytes src still has.
func (d *decoder) left() int64 { return int64(d.src.Buffered()) + max(d.part.end-d.part.at, 0) }

// head is what an entry of a pack begins with.
type head struct {
	typ  plumbing.ObjectType
	size int64 // of the object, or of the delta
	base int64 // where an OFSDeltaObject's base begins
	ref  plumbing.Hash
}

// maxEntrySize is far beyond any limit, and keeps sums from overflowing.
const maxEntrySize = 1 << 48

// readHead reads the head of the entry at offset and leaves src at its data.
//
//	type and size   1 tttssss, then 1 sssssss while the top bit is set
//	OFS_DELTA       the distance to the base, big-endian, each byte but the
//	                last counting one more
//	REF_DELTA       the name of the base
func (d *decoder) readHead(f *packFile, offset int64) (h head, err error) {
	d.seek(f, offset, f.size)
	c, err := d.src.ReadByte()
	h.typ, h.size = plumbing.ObjectType(c>>4&7), int64(c&15)
	for shift := 4; c&0x80 != 0 && err == nil; shift += 7 {
		if c, err = d.src.ReadByte(); shift > 41 {
			return h, fmt.Errorf("%w: an object's size overflows", errPack)
		}
		h.size |= int64(c&0x7f) << shift
	}
	switch {
	case err != nil:
		return h, err
	case h.size > maxEntrySize:
		return h, fmt.Errorf("%w: an object's size overflows", errPack)
	case h.typ == plumbing.OFSDeltaObject:
		h.base, err = d.readBase(offset)
	case h.typ == plumbing.REFDeltaObject:
		_, err = io.ReadFull(d.src, h.ref[:])
	case h.typ < plumbing.CommitObject || h.typ > plumbing.TagObject:
		err = fmt.Errorf("%w: no object has type %d", errPack, h.typ)
	}
	return h, err
}

// readBase reads the distance to a base, which lies before its delta.
func (d *decoder) readBase(offset int64) (int64, error) {
	c, err := d.src.ReadByte()
	distance := int64(c & 0x7f)
	for c&0x80 != 0 && err == nil && distance < maxEntrySize {
		c, err = d.src.ReadByte()
		distance = (distance+1)<<7 | int64(c&0x7f)
	}
	if err == nil && (distance <= 0 || distance >= offset) {
		err = fmt.Errorf("%w: a delta's base does not lie before it", errPack)
	}
	return offset - distance, err
}

// inflate reads the zlib stream at which src stands; it must hold size bytes.
// The stream's own checksum is only looked at to be strict, as objects are checked by name.
func (d *decoder) inflate(size int64) ([]byte, error) {
	if err := d.start(); err != nil {
		return nil, err
	}
	if !inflatesTo(d.left(), size) {
		return nil, io.ErrUnexpectedEOF
	}
	data := make([]byte, size, size+1) // see bases.put
	if _, err := io.ReadFull(d.z, data); err != nil {
		return nil, unexpected(err)
	}
	err := d.end()
	if err == nil && d.strict {
		err = d.checkSum(adler32.Checksum(data))
	}
	return data, err
}

// checkSum reads the checksum that ends a zlib stream.
func (d *decoder) checkSum(want uint32) error {
	var tail [4]byte
	if _, err := io.ReadFull(d.src, tail[:]); err != nil {
		return unexpected(err)
	}
	if binary.BigEndian.Uint32(tail[:]) != want {
		return errDeflated
	}
	return nil
}

var errDeflated = fmt.Errorf("%w: an object is not as it was deflated", ErrDamaged)

// inflatesTo reports whether so many bytes can become size: none are deflated more
// than 1032 times.
func inflatesTo(deflated, size int64) bool { return size/1032 <= deflated }

// peek reads up to n bytes of the zlib stream at which src stands, fewer if it has
// no more.
func (d *decoder) peek(n int) ([]byte, error) {
	if err := d.start(); err != nil {
		return nil, err
	}
	begin := make([]byte, n)
	n, err := io.ReadFull(d.z, begin)
	if err == io.EOF || err == io.ErrUnexpectedEOF && n > 0 {
		err = nil // as far as can be told: a stream that is cut is noticed later
	}
	return begin[:n], err
}

// start reads the two bytes before the deflated data: method 8, no dictionary.
func (d *decoder) start() error {
	cmf, err := d.src.ReadByte()
	if err != nil {
		return unexpected(err)
	}
	flags, err := d.src.ReadByte()
	if err != nil {
		return unexpected(err)
	}
	if cmf&0x0f != 8 || flags&0x20 != 0 || (int(cmf)<<8|int(flags))%31 != 0 {
		return fmt.Errorf("%w: not a zlib stream", errPack)
	}
	return d.z.(flate.Resetter).Reset(d.src, nil)
}

// end checks that the stream holds no more.
func (d *decoder) end() error {
	var one [1]byte
	switch n, err := io.ReadFull(d.z, one[:]); {
	case n > 0:
		return fmt.Errorf("%w: an object is larger than stated", errPack)
	case err != io.EOF:
		return unexpected(err)
	}
	return nil
}

// unexpected: an end of input is never where it should be.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// section reads a part of a file.
type section struct {
	f       io.ReaderAt
	at, end int64
}

func (s *section) Read(p []byte) (int, error) {
	if s.at < 0 || s.at >= s.end {
		return 0, io.EOF
	}
	n, err := s.f.ReadAt(p[:min(int64(len(p)), s.end-s.at)], s.at)
	if s.at += int64(n); n > 0 {
		return n, nil
	}
	return 0, err
}
