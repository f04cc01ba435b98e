package redeflate

import "sync"

// Limits of the format, RFC 1951.
const (
	minMatch = 3
	maxMatch = 258

	endOfBlock = 256
	numLit     = 286 // literals, the end of a block and lengths
	numDist    = 30
	numPre     = 19 // codes for the lengths of codes
	maxCode    = 15 // bits
	maxPre     = 7
)

// Kinds of blocks.
const (
	storedBlock  = 0
	fixedBlock   = 1
	dynamicBlock = 2
)

// Codes for the lengths of codes: repeat the last 3 to 6 times; 3 to 10 zeros; 11 to 138.
const (
	repeatLast   = 16
	zeros        = 17
	manyZeros    = 18
	minRepeat    = 3
	maxRepeat    = 6
	maxZeros     = 10
	maxManyZeros = 138
)

// preOrder is the order in which the lengths of those codes are sent.
var preOrder = [numPre]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthBits and distBits are how many extra bits follow a code, preBits those after a
// code for lengths.
var (
	lengthBits = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBits   = [numDist]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
	preBits    = [numPre]uint8{repeatLast: 2, zeros: 3, manyZeros: 7}
)

// codeTables say which code a length or distance has.
type codeTables struct {
	length     [256]uint8 // by length-minMatch
	lengthBase [29]uint8
	near       [256]uint8 // by distance-1
	far        [256]uint8 // by (distance-1)>>7
	distBase   [numDist]uint16
	litBits    [numLit]uint8 // extra bits of lengths, by code; none for literals
}

// tables is made once and only read.
var tables = sync.OnceValue(newCodeTables)

func newCodeTables() *codeTables {
	t := new(codeTables)
	n := 0
	for code, bits := range lengthBits[:28] {
		t.lengthBase[code] = uint8(n)
		for range 1 << bits {
			t.length[n] = uint8(code)
			n++
		}
	}
	t.length[255], t.lengthBase[28] = 28, 255 // 258 has a code of its own
	copy(t.litBits[endOfBlock+1:], lengthBits[:])
	n = 0
	for code, bits := range distBits {
		t.distBase[code] = uint16(n)
		for range 1 << bits {
			if n < 256 {
				t.near[n] = uint8(code)
			}
			t.far[n>>7] = uint8(code)
			n++
		}
	}
	return t
}

// dist returns the code of distance d+1.
func (t *codeTables) dist(d uint) uint8 {
	if d < 256 {
		return t.near[d]
	}
	return t.far[d>>7&255]
}
