package redeflate

import (
	"encoding/binary"
	"io"
)

// outSize is how much output waits before it is written.
const outSize = 32 << 10

// bitWriter is the output: bits are packed from the lowest of each byte on, as RFC
// 1951, 3.1.1 has it. After an error nothing is written.
type bitWriter struct {
	w   io.Writer
	buf []byte
	acc uint64
	n   uint // bits in acc, less than 32
	err error
}

// put appends the lowest n bits of v, at most 32; the others are 0.
func (b *bitWriter) put(v uint32, n uint) {
	b.acc |= uint64(v) << b.n
	if b.n += n; b.n >= 32 {
		b.buf = binary.LittleEndian.AppendUint32(b.buf, uint32(b.acc))
		b.acc >>= 32
		b.n -= 32
	}
}

// flag begins a block.
func (b *bitWriter) flag(last bool) {
	if last {
		b.put(1, 1)
	} else {
		b.put(0, 1)
	}
}

// len returns how many whole bytes wait.
func (b *bitWriter) len() int { return len(b.buf) + int(b.n/8) }

// align fills the last byte with zeros.
func (b *bitWriter) align() {
	for ; b.n > 0; b.n -= min(b.n, 8) {
		b.buf = append(b.buf, byte(b.acc))
		b.acc >>= 8
	}
	b.acc = 0
}

// stored appends a stored block, without the bits that begin it.
func (b *bitWriter) stored(p []byte) {
	b.align()
	b.buf = binary.LittleEndian.AppendUint16(b.buf, uint16(len(p)))
	b.buf = binary.LittleEndian.AppendUint16(b.buf, ^uint16(len(p)))
	b.buf = append(b.buf, p...)
}

// drain writes what has come together, if that is at least so many bytes.
func (b *bitWriter) drain(atLeast int) {
	if b.err == nil && len(b.buf) >= atLeast {
		_, b.err = b.w.Write(b.buf)
		b.buf = b.buf[:0]
	}
}
