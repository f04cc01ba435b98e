package inflate

import (
	"encoding/binary"
	"io"
	"sync"
)

// blockKind is what comes next in the input.
type blockKind uint8

const (
	header      blockKind = iota // of the member
	blockHeader                  // or the trailer, after the last block
	storedBlock                  // the rest of one
	codedBlock                   // likewise
)

// decode goes on until the goal is reached, or returns what ended it.
func (r *Reader) decode() error {
	for r.to < r.goal {
		if err := r.decodeNext(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) decodeNext() error {
	switch r.next {
	case header:
		r.next = blockHeader
		return r.readHeader()
	case storedBlock:
		return r.copyStored()
	case codedBlock:
		return r.decodeCoded()
	}
	if !r.last {
		return r.startBlock()
	}
	if err := r.checkTrailer(); err != nil {
		return err
	}
	return io.EOF
}

func (r *Reader) startBlock() error {
	h, err := r.field(3)
	if err != nil {
		return err
	}
	r.last = h&1 != 0
	switch h >> 1 {
	case 0:
		return r.startStored()
	case 1:
		r.useFixedCodes()
		return nil
	case 2:
		return r.readCodes()
	}
	return r.corrupt()
}

func (r *Reader) startStored() error {
	r.align()
	h, err := r.take(4)
	if err != nil {
		return err
	}
	n := binary.LittleEndian.Uint16(h)
	if n != ^binary.LittleEndian.Uint16(h[2:]) {
		return r.corrupt()
	}
	r.next, r.stored = storedBlock, int(n)
	return nil
}

func (r *Reader) copyStored() error {
	for r.stored > 0 && r.to < r.goal {
		if !r.more(1) {
			return r.truncated()
		}
		n := copy(r.out[r.to:outLimit], r.in[r.at:min(r.end, r.at+r.stored)])
		r.to += uint(n)
		r.at += n
		r.stored -= n
	}
	if r.stored == 0 {
		r.next = blockHeader
	}
	return nil
}

// fixed has the tables for blocks without codes of their own. No code is long
// enough for a subtable.
var fixed = sync.OnceValue(newFixed)

type fixedTables struct {
	lit  [1 << litBits]entry
	dist [1 << distBits]entry
}

func newFixed() *fixedTables {
	var lens [numLitLen]uint8
	set := func(from, to int, n uint8) {
		for i := from; i < to; i++ {
			lens[i] = n
		}
	}
	set(0, 144, 8)
	set(144, 256, 9)
	set(256, 280, 7)
	set(280, numLitLen, 8)
	t, b := new(fixedTables), new(builder)
	b.build(t.lit[:], litBits, lens[:], litSymbols[:])
	set(0, numDist, 5)
	b.build(t.dist[:], distBits, lens[:numDist], distSymbols[:])
	return t
}

func (r *Reader) useFixedCodes() {
	// A copy, so that the hot loop has one place to look.
	tables := fixed()
	copy(r.lit[:], tables.lit[:])
	copy(r.dist[:], tables.dist[:])
	r.next, r.minBits = codedBlock, 7
}
