package home

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// sip is the state of SipHash with both keys 0.
type sip [4]uint64

var sipStart = sip{0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261, 0x7465646279746573}

func (v *sip) round() {
	v[0] += v[1]
	v[2] += v[3]
	v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
	v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
	v[0] = bits.RotateLeft64(v[0], 32)
	v[2] += v[1]
	v[0] += v[3]
	v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
	v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
	v[2] = bits.RotateLeft64(v[2], 32)
}

func (v *sip) rounds(n int) {
	for range n {
		v.round()
	}
}

func (v *sip) sum() uint64 { return v[0] ^ v[1] ^ v[2] ^ v[3] }

// absorb takes in all of data with n rounds a word. The last word has what is
// left over, and the length in its top byte.
func (v *sip) absorb(data []byte, n int) {
	length := uint64(len(data))
	word := func(w uint64) {
		v[3] ^= w
		v.rounds(n)
		v[0] ^= w
	}
	for ; len(data) >= 8; data = data[8:] {
		word(binary.LittleEndian.Uint64(data))
	}
	var last [8]byte
	copy(last[:], data)
	word(binary.LittleEndian.Uint64(last[:]) | length<<56)
}

// hash is that of Cargo 1.85 and later: SipHash-1-3 with 128 bits of result,
// which are then folded into 64 (spec 2.4).
func hash(data []byte) string {
	v := sipStart
	v[1] ^= 0xee
	v.absorb(data, 1)
	v[2] ^= 0xee
	v.rounds(3)
	a := v.sum()
	v[1] ^= 0xdd
	v.rounds(3)
	return hashText(a*3 + v.sum())
}

// oldHash is that of the Cargos before: plain SipHash-2-4.
func oldHash(data []byte) string {
	v := sipStart
	v.absorb(data, 2)
	v[2] ^= 0xff
	v.rounds(4)
	return hashText(v.sum())
}

func hashText(n uint64) string {
	return hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, n))
}
