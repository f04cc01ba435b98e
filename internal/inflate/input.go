package inflate

import (
	"encoding/binary"
	"io"
)

const (
	inSize = 64 << 10 // a power of two, so that a mask keeps an index below it
	// inSlack is more than one step of the hot loop may look at, in bytes.
	inSlack = 32
)

// input is the compressed data: whole bytes in a buffer and, before those, bits.
type input struct {
	src  io.Reader
	err  error // of src
	base int64 // offset of in[0]
	at   int   // in[at:end] is not yet in bits
	end  int

	bits  uint64 // the lowest nbits, first one lowest; above them zeros
	nbits uint

	in [inSize + 8]byte // eight bytes can be loaded wherever an index falls
}

func (in *input) reset(src io.Reader) {
	in.src, in.err = src, nil
	in.base, in.at, in.end = 0, 0, 0
	in.bits, in.nbits = 0, 0
}

// more reads until n bytes are there, and reports whether they are. Slices of
// the buffer are void then.
func (in *input) more(n int) bool {
	if in.end-in.at < n && in.err == nil {
		in.shift()
		in.read(n)
	}
	return in.end-in.at >= n
}

// shift moves what is left in the buffer to its front. It keeps eight bytes
// before that, for unread.
func (in *input) shift() {
	gone := max(0, in.at-8)
	in.end = copy(in.in[:], in.in[gone:in.end])
	in.at -= gone
	in.base += int64(gone)
}

func (in *input) read(n int) {
	const patience = 100 // as in bufio
	for empty := 0; in.end-in.at < n && in.err == nil; {
		m, err := in.src.Read(in.in[in.end:inSize])
		in.end += m
		in.err = err
		if empty++; m > 0 {
			empty = 0
		}
		if empty == patience && err == nil {
			in.err = io.ErrNoProgress
		}
	}
}

// truncated is the error when more is wanted than there is.
func (in *input) truncated() error {
	if in.err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return in.err
}

func (in *input) corrupt() error { return CorruptError(in.base + int64(in.at)) }

// take returns the next n bytes, at most inSize-8, when there are no bits before
// them.
func (in *input) take(n int) ([]byte, error) {
	if !in.more(n) {
		return nil, in.truncated()
	}
	in.at += n
	return in.in[in.at-n : in.at], nil
}

// load moves bytes to bits until there are n, at most 56, or no more input.
func (in *input) load(n uint) {
	for in.nbits < n && in.more(1) {
		in.bits |= uint64(in.in[in.at]) << in.nbits
		in.nbits += 8
		in.at++
	}
}

// drop passes over n bits, which have been loaded.
func (in *input) drop(n uint) {
	in.bits >>= n
	in.nbits -= n
}

// field reads a number of n bits.
func (in *input) field(n uint) (int, error) {
	in.load(n)
	if in.nbits < n {
		return 0, in.truncated()
	}
	v := in.bits & (1<<n - 1)
	in.drop(n)
	return int(v), nil
}

// unread makes bytes of bits again, so that less than one is left.
func (in *input) unread() {
	in.at -= int(in.nbits >> 3)
	in.nbits &= 7
	in.bits &= 1<<in.nbits - 1
}

// align passes over the bits left of a byte.
func (in *input) align() {
	in.unread()
	in.drop(in.nbits)
}

// refill is load(56) for the hot loop, which has the fields it changes in
// variables, bounds them, and counts bits modulo 64. Bits above nbits need not be
// zero, as long as they are what follows.
func refill(in *[inSize + 8]byte, bits uint64, nbits, at uint) (uint64, uint, uint) {
	bits |= binary.LittleEndian.Uint64(in[at&(inSize-1):]) << (nbits & 63)
	at += ^nbits >> 3 & 7 // (63 - nbits) / 8
	return bits, nbits | 56, at
}
