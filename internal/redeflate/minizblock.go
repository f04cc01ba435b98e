package redeflate

import (
	"io"
	"slices"
)

// miniz's rules for blocks.
const (
	minizTiny  = 48       // below so many bytes the fixed codes are taken
	minizRaw   = 32       // up to so many a block is never stored
	minizCodes = 64 << 10 // room for a block's symbols
	minizSpare = 8        // of which so much is left
	minizFat   = 31 << 10 // a block of more bytes ends when it hardly shrinks
)

// minizBlock collects the symbols of one block of miniz, which writes it with codes of its
// own, or with the fixed ones if it is tiny, or stored if it has not shrunk.
type minizBlock struct {
	symbols
	start int // in the window
	bytes int // what the symbols stand for
	codes int // what they take: one or three bytes each, and before every eight a byte of flags
	flags int // left of those eight
	coder minizCoder
}

func (b *minizBlock) init(w io.Writer) {
	b.symbols.init(w)
	b.codes, b.flags = 1, 8
}

func (b *minizBlock) addLiteral(v byte) {
	b.literal(v)
	b.count(1, 1)
}

func (b *minizBlock) addMatch(dist, length int) {
	b.match(dist, length)
	b.count(length, 3)
}

func (b *minizBlock) count(bytes, codes int) {
	b.bytes += bytes
	b.codes += codes
	if b.flags--; b.flags == 0 {
		b.flags = 8
		b.codes++
	}
}

// full reports whether symbols may not fit any more, or do not pay.
func (b *minizBlock) full() bool {
	return b.codes > minizCodes-minizSpare || b.bytes > minizFat && b.codes*115>>7 >= b.bytes
}

// flush writes the block, if it may be stored with those bytes, else with nil.
func (b *minizBlock) flush(bytes []byte, last bool) {
	b.out.flag(last)
	before := b.out
	if b.bytes < minizTiny {
		b.out.put(fixedBlock, 2)
		b.sendFixed()
	} else {
		b.makeCodes()
		b.out.put(dynamicBlock, 2)
		b.sendDynamic()
	}
	if b.bytes > minizRaw && bytes != nil && b.out.len()-before.len()+1 >= b.bytes {
		b.out = before
		b.out.put(storedBlock, 2)
		b.out.stored(bytes)
	}
	b.end(last)
	b.start += b.bytes
	b.bytes, b.codes, b.flags = 0, 1, 8
}

// makeCodes makes codes for the block. The lengths of both sets are one sequence here.
func (b *minizBlock) makeCodes() {
	b.litFreq[endOfBlock] = 1
	b.coder.build(b.lit[:], b.litFreq[:], maxCode)
	b.coder.build(b.dist[:], b.distFreq[:], maxCode)
	lit, dist := trimmed(b.lit[:], endOfBlock+1), trimmed(b.dist[:], 1)
	b.header.begin(lit, dist)
	b.header.runs(append(slices.Clip(lit), dist...))
	b.header.finish(&b.coder)
}

// trimmed returns codes without the last ones that do not occur, but at least so many.
func trimmed(codes []code, least int) []code {
	n := len(codes)
	for n > least && codes[n-1].len == 0 {
		n--
	}
	return codes[:n]
}
