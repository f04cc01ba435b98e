package redeflate

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
)

// anyInput makes an input of at most so many bytes, short ones more often: pieces of
// random bytes, runs, words, zeros as a tar has them, and copies from before, among them
// from where a window just ends.
func anyInput(seed uint64, most int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	size := int(math.Exp(r.Float64()*math.Log(float64(most)+1))) - 1
	if seed%16 == 0 { // about the size of a window or two
		size = min(most, r.IntN(2)*reach+2*reach-400+r.IntN(800))
	}
	favourite := r.IntN(5)
	b := make([]byte, 0, size+1024)
	for len(b) < size {
		kind := r.IntN(5)
		if r.IntN(4) > 0 {
			kind = favourite
		}
		b = anyPiece(b, r, kind)
	}
	return b[:size]
}

func anyPiece(b []byte, r *rand.Rand, kind int) []byte {
	switch kind {
	case 0:
		letters := 1 << r.IntN(9)
		for range r.IntN(1000) {
			b = append(b, byte(r.IntN(letters)*97))
		}
	case 1:
		b = append(b, bytes.Repeat([]byte{byte(r.IntN(256))}, 1+r.IntN(600))...)
	case 2:
		for range r.IntN(60) {
			b = fmt.Appendf(b, "%*s%s(%d);\n", r.IntN(12), "", words[r.IntN(len(words))], r.IntN(1<<r.IntN(20)))
		}
	case 3:
		b = append(b, make([]byte, 512-len(b)%512)...)
	default:
		b = anyCopy(b, r)
	}
	return b
}

// anyCopy repeats what was a while before, with a byte changed now and then.
func anyCopy(b []byte, r *rand.Rand) []byte {
	if len(b) == 0 {
		return append(b, byte(r.IntN(256)))
	}
	dist := 1 + r.IntN(len(b))
	switch r.IntN(4) {
	case 0:
		dist = maxDist - 6 + r.IntN(12)
	case 1:
		dist = reach - 6 + r.IntN(12)
	case 2:
		dist = 1 + r.IntN(300)
	}
	dist = min(dist, len(b))
	for n := minMatch + r.IntN(1<<(1+r.IntN(9))); n > 0; n-- {
		b = append(b, b[len(b)-dist])
	}
	if r.IntN(3) == 0 {
		b[len(b)-1-r.IntN(2)%len(b)]++
	}
	return b
}

var words = []string{"fn", "impl", "struct", "pub(crate)", "let mut", "self", "return", "unwrap", "iter().map", "#[derive(Debug)]", "// SAFETY", "u32", "Vec<u8>", "match", "assert_eq!"}
