package redeflate

import (
	"encoding/binary"
	"math/bits"
)

const (
	// reach is how far back a match may reach by the format.
	reach = 32 << 10

	windowSize = 256 << 10 // how much input the window takes
	slack      = 512       // read, but without effect, behind the input
)

// A window is the input that a matcher sees: what it works on, and before that at least
// twice what a match may reach, as a stored block may begin so far back.
type window struct {
	buf  [windowSize + slack]byte
	end  int   // buf[:end] is input
	gone int64 // bytes that were before it

	steps int64                   // that searches took and nobody was told of
	spend func(steps int64) error // is told; nil if nobody is
}

// stepsAtOnce is how many steps are taken before somebody is told, some milliseconds.
const stepsAtOnce = 1 << 22

// tell tells of steps.
func (w *window) tell() error {
	steps := w.steps
	if w.steps = 0; w.spend == nil {
		return nil
	}
	return w.spend(steps)
}

// fill takes as much of p as there is room for.
func (w *window) fill(p []byte) int {
	n := copy(w.buf[w.end:windowSize], p)
	w.end += n
	return n
}

// slide drops what is no longer needed of the input before pos, a multiple of reach.
func (w *window) slide(pos int) (by int) {
	by = (pos - 2*reach) &^ (reach - 1)
	copy(w.buf[:], w.buf[by:w.end])
	w.end -= by
	w.gone += int64(by)
	return by
}

// finish puts behind the last input what is there in zlib-rs, whose matcher looks at it:
// what was written there when its window of 64 KiB was filled before. In its first turn
// that is zeros, as it is here.
func (w *window) finish() {
	for i := w.end; i < w.end+slack; i++ {
		if w.gone+int64(i) >= 2*reach {
			w.buf[i] = w.buf[i-reach]
		}
	}
}

func (w *window) load32(i int) uint32 { return binary.LittleEndian.Uint32(w.buf[i:]) }
func (w *window) load64(i int) uint64 { return binary.LittleEndian.Uint64(w.buf[i:]) }

// equal returns how many bytes from a and b on are equal, at most maxMatch.
func (w *window) equal(a, b int) int {
	n := 0
	for ; n < maxMatch; n += 8 {
		if diff := w.load64(a+n) ^ w.load64(b+n); diff != 0 {
			n += bits.TrailingZeros64(diff) / 8
			break
		}
	}
	w.steps += int64(n) / 8
	return min(n, maxMatch)
}

// A probe tells by one look at a place whether it can have a match that is longer.
type probe struct {
	skip      int // where to look
	key, mask uint64
}

// probe makes the one for matches with pos of more than length.
func (w *window) probe(pos, length int) probe {
	skip := max(length-7, 0)
	return probe{skip, w.load64(pos + skip), ^uint64(0) >> (8 * (7 - min(length, 7)))}
}

func (w *window) passes(p probe, from int) bool {
	return (w.load64(from+p.skip)^p.key)&p.mask == 0
}
