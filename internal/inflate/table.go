package inflate

import "math/bits"

// An entry of a decoding table says what to do about the next bits of the input.
// Its lowest six bits are how many of those it uses, so that the hot loop shifts
// by an entry as it is: a shift looks at six bits.
//
//	           0-5            8-13                  14-15           16-31
//	literal    bits used                                            byte; bit 31 is set
//	length     bits used¹     those before extra                    shortest
//	distance   bits used¹     those before extra                    shortest
//	pre-code   bits used                                            symbol
//	link       -              bits of index         link, special   start of the subtable
//	end        bits used                            special         1
//	invalid    bits used, or 0 if no code starts so special         0
//
// ¹ extra bits included
type entry = uint32

const (
	usedMask   = 1<<6 - 1
	codeShift  = 8 // of the bits before extra, and those of a subtable's index
	isLink     = 1 << 14
	isSpecial  = 1 << 15 // in an entry below literal
	valueShift = 16
	literal    = 1 << 31 // and more: an entry for a literal

	endEntry     = isSpecial | 1<<valueShift
	invalidEntry = isSpecial
)

const (
	maxCode    = 15  // bits
	numLitLen  = 288 // literals, the end, and lengths
	numDist    = 32
	numPre     = 19
	endOfBlock = 256

	// How many bits the first look-up takes. One more or less makes no
	// difference that could be measured; 12 for literals is slower.
	litBits  = 11
	distBits = 8
	preBits  = 7 // all of them

	// Each subtable has two codes or more, and at most so many entries.
	litTable  = 1<<litBits + numLitLen/2<<(maxCode-litBits)
	distTable = 1<<distBits + numDist/2<<(maxCode-distBits)
)

// Entries of the symbols for a code of no bits. Those of lengths 286 and 287 and
// distances 30 and 31 have codes in fixed blocks, but no meaning.
var (
	litSymbols  = newLitSymbols()
	distSymbols = newDistSymbols()
	preSymbols  = newPreSymbols()
)

func newLitSymbols() (s [numLitLen]entry) {
	for i := range endOfBlock {
		s[i] = literal | uint32(i)<<valueShift
	}
	s[endOfBlock] = endEntry
	length := uint32(3)
	for i := range 28 {
		extra := uint32(max(0, i/4-1))
		s[endOfBlock+1+i] = length<<valueShift | extra
		length += 1 << extra
	}
	s[285] = 258 << valueShift // out of line: 284 reaches to it as well
	s[286], s[287] = invalidEntry, invalidEntry
	return s
}

func newDistSymbols() (s [numDist]entry) {
	dist := uint32(1)
	for i := range 30 {
		extra := uint32(max(0, i/2-1))
		s[i] = dist<<valueShift | extra
		dist += 1 << extra
	}
	s[30], s[31] = invalidEntry, invalidEntry
	return s
}

func newPreSymbols() (s [numPre]entry) {
	for i := range s {
		s[i] = uint32(i) << valueShift
	}
	return s
}

// coded is the entry of a symbol whose code has n bits.
func coded(symbol entry, n int) entry {
	return symbol + uint32(n)<<codeShift + uint32(n)
}

// builder is scratch space for making tables.
type builder struct {
	count  [maxCode + 1]int  // of codes, by length
	sorted [numLitLen]uint16 // symbols, by length and then value
}

// build fills table for codes of the given lengths, one for each symbol. The
// first 1<<tableBits entries are for the first look-up; subtables follow.
//
// It reports whether the code is valid: complete, so that any bits start with
// exactly one code, or empty, or of a single code of one bit. In the last two
// the bits that mean nothing are an error only when they come: blocks without
// matches have no use for a code of distances.
func (b *builder) build(table []entry, tableBits int, lens []uint8, symbols []entry) bool {
	if !b.sort(lens) {
		return b.buildIncomplete(table[:1<<tableBits], symbols)
	}
	// Codes are numbered in order of length. The table is as large as the current
	// length needs, and is doubled for the next.
	code, next := 0, 0
	for n := 1; n <= tableBits; n++ {
		size := 1 << n
		copy(table[size/2:size], table[:size/2])
		for range b.count[n] {
			table[code] = coded(symbols[b.sorted[next]], n)
			code = following(code, n)
			next++
		}
	}
	if code != 0 {
		b.buildSubtables(table, tableBits, symbols, code, next)
	}
	return true
}

// sort counts and sorts the symbols in use, and reports whether their code is
// complete.
func (b *builder) sort(lens []uint8) bool {
	b.count = [maxCode + 1]int{}
	for _, n := range lens {
		b.count[n&maxCode]++
	}
	b.count[0] = 0
	var place [maxCode + 2]int // of the next symbol of each length
	covered := 0               // of all sequences of maxCode bits
	for n := 1; n <= maxCode; n++ {
		place[n+1] = place[n] + b.count[n]
		covered += b.count[n] << (maxCode - n)
	}
	for symbol, n := range lens {
		if n != 0 {
			b.sorted[place[n&maxCode]] = uint16(symbol)
			place[n&maxCode]++
		}
	}
	return covered == 1<<maxCode
}

// following is the code that follows one of n bits, 0 after the last. Codes count
// up as numbers whose highest bit comes first in the input and is the lowest
// here. Followed by zeros, it is as well the next code of any greater length.
func following(code, n int) int {
	zeros := code ^ (1<<n - 1)
	if zeros == 0 {
		return 0
	}
	carry := 1 << (bits.Len(uint(zeros)) - 1)
	return code&(carry-1) | carry
}

func (b *builder) buildIncomplete(table, symbols []entry) bool {
	used := 0
	for _, n := range b.count {
		used += n
	}
	if used > 1 || used != b.count[1] {
		return false
	}
	for i := range table {
		table[i] = invalidEntry
		if used == 1 && i&1 == 0 {
			table[i] = coded(symbols[b.sorted[0]], 1)
		}
	}
	return true
}

// buildSubtables goes on from code, the first of more than tableBits bits, whose
// symbol is sorted[next].
func (b *builder) buildSubtables(table []entry, tableBits int, symbols []entry, code, next int) {
	n, left := tableBits, 0 // left: codes of n bits, this one included
	prefix, start, end := -1, 0, 1<<tableBits
	for code != 0 {
		for left == 0 {
			n++
			left = b.count[n]
		}
		if p := code & (1<<tableBits - 1); p != prefix {
			width := b.subtableBits(n, left, tableBits)
			prefix, start, end = p, end, end+1<<width
			table[prefix] = isSpecial | isLink | uint32(start)<<valueShift | uint32(width)<<codeShift
		}
		e := coded(symbols[b.sorted[next]], n)
		for i := start + code>>tableBits; i < end; i += 1 << (n - tableBits) {
			table[i] = e
		}
		code = following(code, n)
		next++
		left--
	}
}

// subtableBits is how many bits index a subtable whose first code has n bits,
// when left codes have that length. Longer ones go to it until it is full.
func (b *builder) subtableBits(n, left, tableBits int) int {
	width := n - tableBits
	for used := left; used < 1<<width; {
		width++
		used = used<<1 + b.count[tableBits+width]
	}
	return width
}

// shortest is how many bits the shortest code has.
func (b *builder) shortest() uint {
	for n, count := range b.count {
		if count > 0 {
			return uint(n)
		}
	}
	return 0
}
