package inflate

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// Flags in a member's header. Text, 1, has no effect.
const (
	hasHeaderSum = 1 << 1
	hasExtra     = 1 << 2
	hasName      = 1 << 3
	hasComment   = 1 << 4
	reserved     = 7 << 5 // refused, as RFC 1952 has it and flate2, which Cargo uses; compress/gzip does not look
)

// maxText is the longest name or comment in a header, in bytes, its NUL included:
// that of compress/gzip.
const maxText = 512

func (r *Reader) readHeader() error {
	h, err := r.take(10)
	if err != nil {
		return err
	}
	if h[0] != 0x1f || h[1] != 0x8b || h[2] != 8 || h[3]&reserved != 0 {
		return ErrHeader
	}
	flags, sum := h[3], crc32.ChecksumIEEE(h)
	if flags&hasExtra != 0 {
		if err := r.skipExtra(&sum); err != nil {
			return err
		}
	}
	for _, text := range []byte{hasName, hasComment} {
		if flags&text != 0 {
			if err := r.skipText(&sum); err != nil {
				return err
			}
		}
	}
	if flags&hasHeaderSum != 0 {
		return r.checkHeader(sum)
	}
	return nil
}

func (r *Reader) skipExtra(sum *uint32) error {
	length, err := r.take(2)
	if err != nil {
		return err
	}
	*sum = crc32.Update(*sum, crc32.IEEETable, length)
	for left := int(binary.LittleEndian.Uint16(length)); left > 0; {
		piece, err := r.take(min(left, inSize/2))
		if err != nil {
			return err
		}
		*sum = crc32.Update(*sum, crc32.IEEETable, piece)
		left -= len(piece)
	}
	return nil
}

func (r *Reader) skipText(sum *uint32) error {
	r.more(maxText)
	text := r.in[r.at:min(r.end, r.at+maxText)]
	n := bytes.IndexByte(text, 0) + 1
	switch {
	case n > 0:
		r.at += n
		*sum = crc32.Update(*sum, crc32.IEEETable, text[:n])
		return nil
	case len(text) == maxText:
		return ErrHeader
	}
	return r.truncated()
}

func (r *Reader) checkHeader(sum uint32) error {
	want, err := r.take(2)
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint16(want) != uint16(sum) {
		return ErrHeader
	}
	return nil
}

func (r *Reader) checkTrailer() error {
	r.align()
	t, err := r.take(8)
	if err != nil {
		return err
	}
	r.checksum()
	if !r.NoSum && binary.LittleEndian.Uint32(t) != r.sum || binary.LittleEndian.Uint32(t[4:]) != r.size {
		return ErrChecksum
	}
	return nil
}
