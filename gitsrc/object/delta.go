package object

import (
	"encoding/binary"
	"fmt"
)

// sizes reads the numbers a delta begins with: the sizes of its base and of what
// it makes, and returns its instructions.
func sizes(delta []byte) (from, to int64, rest []byte, err error) {
	a, n := binary.Uvarint(delta)
	if n <= 0 || a > maxEntrySize {
		return 0, 0, nil, errDelta
	}
	b, m := binary.Uvarint(delta[n:])
	if m <= 0 || b > maxEntrySize {
		return 0, 0, nil, errDelta
	}
	return int64(a), int64(b), delta[n+m:], nil
}

var errDelta = fmt.Errorf("%w: a delta makes no sense", errPack)

// applyDelta follows a delta's instructions. A byte with its top bit set copies
// from the base: its lower bits say which bytes of offset and length follow, the
// lowest first; length 0 means 65536. Another byte says how many bytes to insert
// that follow it.
func applyDelta(base, delta []byte) ([]byte, error) {
	from, to, ops, err := sizes(delta)
	if err != nil || from != int64(len(base)) {
		return nil, errDelta
	}
	// 7 bytes copy at most 16 MiB.
	if to > int64(len(ops))*(1<<24) {
		return nil, errDelta
	}
	out := make([]byte, 0, to+1) // see bases.put
	for len(ops) > 0 {
		op := ops[0]
		ops = ops[1:]
		var part []byte
		if op&0x80 != 0 {
			part, ops, err = copied(base, op, ops)
		} else {
			part, ops, err = inserted(op, ops)
		}
		if err != nil || int64(len(out)+len(part)) > to {
			return nil, errDelta
		}
		out = append(out, part...)
	}
	if int64(len(out)) != to {
		return nil, errDelta
	}
	return out, nil
}

func copied(base []byte, op byte, ops []byte) (part, rest []byte, err error) {
	var offset, length int
	for i := range 7 {
		if op&(1<<i) == 0 {
			continue
		}
		if len(ops) == 0 {
			return nil, nil, errDelta
		}
		if i < 4 {
			offset |= int(ops[0]) << (8 * i)
		} else {
			length |= int(ops[0]) << (8 * (i - 4))
		}
		ops = ops[1:]
	}
	if length == 0 {
		length = 1 << 16
	}
	if offset < 0 || offset > len(base) || length > len(base)-offset {
		return nil, nil, errDelta
	}
	return base[offset : offset+length], ops, nil
}

func inserted(op byte, ops []byte) (part, rest []byte, err error) {
	if op == 0 || int(op) > len(ops) {
		return nil, nil, errDelta
	}
	return ops[:op], ops[op:], nil
}
