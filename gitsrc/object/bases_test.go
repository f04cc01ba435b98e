package object

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// What is kept of one pack is not taken for what lies at the same place in another, and
// of what lies too far out nothing is kept.
func TestBases(t *testing.T) {
	b := NewBudget()
	for _, text := range []string{strings.Repeat("a", 100), strings.Repeat("b", 100)} {
		base := packEntry(plumbing.BlobObject, 100, nil, []byte(text))
		delta := append(binary.AppendUvarint(binary.AppendUvarint(nil, 100), 100), 0x90, 100)
		same := packEntry(plumbing.OFSDeltaObject, len(delta), baseOffset(len(base)), delta)
		h := plumbing.ComputeHash(plumbing.BlobObject, []byte(text))
		s := openPackBytes(t, packIndex(h, uint32(12+len(base))), slices.Concat([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x02"), base, same))
		s.budget = b
		for range 2 {
			if got, err := s.Read(t.Context(), h, plumbing.BlobObject, 100); err != nil || string(got) != text {
				t.Errorf("%q, %v, want %q", got, err, text)
			}
		}
		p := s.dirs[0].packs[0]
		if _, kept := b.bases.get(p, 12); !kept {
			t.Error("the base was not kept")
		}
		b.bases.put(p, 1<<offsetBits+12, stored{plumbing.TreeObject, []byte("x")})
		if _, kept := b.bases.get(p, 1<<offsetBits+12); kept {
			t.Error("what lies too far out was kept")
		}
	}
}
