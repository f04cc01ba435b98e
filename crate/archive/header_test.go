package archive

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestHeaderSum(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for n := range 1000 {
		raw := bytes.Repeat([]byte{0xff}, blockSize)
		for i := range min(n, 1) * blockSize { // the first is of the largest sum
			raw[i] = byte(random.Uint32())
		}
		want := uint64(0)
		for i, c := range raw {
			if i >= 148 && i < 156 {
				c = ' '
			}
			want += uint64(c)
		}
		if got := HeaderSum(raw); got != want {
			t.Fatalf("%x: %d, want %d", raw, got, want)
		}
	}
}
