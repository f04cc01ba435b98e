package object

import (
	"encoding/binary"
	"testing"

	"cargohome/internal/cargotest/worst"

	"github.com/go-git/go-git/v5/plumbing"
)

// Whatever the deltas, a step is what it is said to be.
func TestWorst(t *testing.T) {
	if worst.FreeWork != freeWork || worst.WorkPerByte != workPerByte || worst.Elsewhere != MaxHeld+maxBases {
		t.Error("what a step may take is worked out of other numbers")
	}
	worst.Look(t, runDeltas)
}

// runDeltas reads an object of zeros, made of others by copying.
func runDeltas(t *testing.T, g *worst.Genes, steps int64) (any, int64) {
	b := NewBudget()
	b.left.Store(steps)
	size := 1 << g.Below(24)
	pack := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01")
	entry := packEntry(plumbing.BlobObject, size, nil, make([]byte, size))
	at := len(pack)
	pack = append(pack, entry...)
	for range g.Below(12) {
		to, part := 1<<g.Below(27), 1<<g.Below(16)
		part = max(min(part, size), to>>16, 1)
		if part > size || part > 1<<16-1 {
			break
		}
		delta := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(size)), uint64(to))
		for left := to; left > 0; left -= part {
			n := min(left, part)
			delta = append(delta, 0xb0, byte(n), byte(n>>8))
		}
		entry := packEntry(plumbing.OFSDeltaObject, len(delta), baseOffset(len(pack)-at), delta)
		at, size = len(pack), to
		pack = append(pack, entry...)
	}
	h := plumbing.ComputeHash(plumbing.BlobObject, make([]byte, size))
	s := openPackBytes(t, packIndex(h, uint32(at)), pack)
	if s == nil {
		return nil, 0
	}
	s.budget = b
	for range 20 {
		err := s.Use(t.Context(), h, MaxBlob, 1, func([]byte) error { return nil })
		if err != nil {
			break
		}
	}
	s.Close()
	return nil, steps - b.left.Load() // and let go of the bases, which are counted by themselves
}
