package redeflate

import "math/bits"

// code is one of a set of Huffman codes, its bits in the order in which they are sent.
type code struct {
	bits uint16
	len  uint8
}

// assign gives every symbol with a length its code, RFC 1951, 3.2.2.
func assign(codes []code) {
	var next, count [maxCode + 2]uint16
	for _, c := range codes {
		count[c.len]++
	}
	count[0] = 0
	for n := range maxCode {
		next[n+1] = (next[n] + count[n]) << 1
	}
	for i, c := range codes {
		if c.len > 0 {
			codes[i].bits = bits.Reverse16(next[c.len]) >> (16 - c.len)
			next[c.len]++
		}
	}
}

// fixedCodes are those of RFC 1951, 3.2.6.
func fixedCodes() (lit [288]code, dist [numDist]code) {
	for i := range lit {
		switch {
		case i < 144 || i >= 280:
			lit[i].len = 8
		case i < 256:
			lit[i].len = 9
		default:
			lit[i].len = 7
		}
	}
	assign(lit[:])
	for i := range dist {
		dist[i] = code{bits.Reverse16(uint16(i)) >> 11, 5}
	}
	return lit, dist
}
