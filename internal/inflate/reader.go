package inflate

import (
	"hash/crc32"
	"io"
)

const (
	// MaxNext is how many bytes Next may be asked for.
	MaxNext = 256 << 10

	window = 32 << 10 // how far back a match may reach

	// The output is full at outLimit. A step that starts before it adds up to
	// three literals or two and a match, and may spoil some bytes after that.
	outLimit = MaxNext + 64<<10
	outSlack = 512
	outSize  = outLimit + outSlack
)

// A Reader decodes one gzip member after each Reset, which must come first. It
// takes 412 KiB, all of which is reused. It is not safe for concurrent
// use.
type Reader struct {
	// Sparing, set after Reset, has little more decoded than is asked for, which pays for
	// who stops early: what is read of the source at a time.
	Sparing bool

	// NoSum, set after Reset, leaves the CRC-32 of the trailer unlooked at, for who knows
	// the input by a better sum. The size that is in the trailer is compared.
	NoSum bool

	input

	ended error     // what ended the output; it comes after what is in out
	next  blockKind // in the input
	last  bool      // no block follows the current one

	stored  int  // bytes left of a stored block
	minBits uint // a symbol of the current block cannot be told from fewer

	goal   uint   // out[:goal] is to be decoded
	from   uint   // out[from:to] is decoded and not yet handed out
	to     uint   //
	summed uint   // out[:summed] is in sum and size
	sum    uint32 // CRC-32
	size   uint32 // modulo 1<<32, as in the trailer

	lit     [litTable]entry
	dist    [distTable]entry
	pre     [1 << preBits]entry
	lens    [numLitLen + numDist]uint8
	builder builder

	out [outSize]byte
}

// Reset makes r decode the member that src starts with. More of src than that
// may be read.
func (r *Reader) Reset(src io.Reader) {
	r.input.reset(src)
	r.Sparing, r.NoSum, r.goal = false, false, outLimit
	r.ended, r.next, r.last = nil, header, false
	r.from, r.to, r.summed, r.sum, r.size = 0, 0, 0, 0, 0
}

// Next returns the next n bytes, at most MaxNext, without copying them. They are
// good until the next call and not to be changed. Fewer than n come with the
// reason: io.EOF after the last byte, when the trailer has confirmed all, or
// ErrHeader, ErrChecksum, a CorruptError, io.ErrUnexpectedEOF or the error of the
// reader given to Reset.
func (r *Reader) Next(n int) ([]byte, error) {
	if uint(n) > MaxNext {
		panic("inflate: Next of more than MaxNext bytes")
	}
	if err := r.fill(n); err != nil {
		rest := r.out[r.from:r.to]
		r.from = r.to
		return rest, err
	}
	r.from += uint(n)
	return r.out[r.from-uint(n) : r.from], nil
}

// Read implements io.Reader. Errors are those of Next.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := r.fill(1); err != nil {
		return 0, err
	}
	n := copy(p, r.out[r.from:r.to])
	r.from += uint(n)
	return n, nil
}

// fill decodes until n bytes are there, or returns why they are not.
func (r *Reader) fill(n int) error {
	for int(r.to-r.from) < n {
		if r.ended != nil {
			return r.ended
		}
		r.aim(uint(n))
		r.ended = r.decode()
		r.checksum()
	}
	return nil
}

// aim sets the goal, and makes room for it.
func (r *Reader) aim(n uint) {
	if !r.Sparing || r.from+n > outLimit {
		r.slide()
	}
	if r.Sparing {
		r.goal = r.from + n
	}
}

// slide makes room in out. What has not been handed out stays, and as much as a
// match may reach.
func (r *Reader) slide() {
	if r.to <= window {
		return
	}
	gone := min(r.from, r.to-window)
	copy(r.out[:], r.out[gone:r.to])
	r.from -= gone
	r.to -= gone
	r.summed -= gone
}

func (r *Reader) checksum() {
	fresh := r.out[r.summed:r.to]
	if !r.NoSum {
		r.sum = crc32.Update(r.sum, crc32.IEEETable, fresh)
	}
	r.size += uint32(len(fresh))
	r.summed = r.to
}
