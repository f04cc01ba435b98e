package gitsrc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxChain bounds a chain of deltas; git makes none longer than 4095.
const maxChain = 4096

// step is one delta on the way from a base to an object.
type step struct {
	offset int64
	delta  []byte
}

// read returns the object at offset, whose size is at most limit bytes. Bases of
// deltas lie in the same pack. What it returns may be shared: it is not to be
// changed.
func (p *pack) read(d *decoder, bases *baseCache, offset, limit int64) (plumbing.ObjectType, []byte, error) {
	f, err := p.open()
	if err != nil {
		return 0, nil, err
	}
	typ, data, err := p.resolve(f, d, bases, offset, limit)
	if err != nil && !errors.Is(err, fs.ErrClosed) {
		err = fmt.Errorf("%s.pack: %w", p.name, err)
	}
	return typ, data, err
}

func (p *pack) resolve(f *packFile, d *decoder, bases *baseCache, offset, limit int64) (plumbing.ObjectType, []byte, error) {
	var steps []step
	left := 2 * limit // what the whole chain may take
	for range maxChain {
		if b, ok := bases.get(p, offset); ok {
			return p.build(bases, b, steps, limit)
		}
		h, data, err := d.entry(f, offset, left)
		if err != nil {
			return 0, nil, err
		}
		if !h.typ.IsDelta() {
			b := stored{h.typ, data}
			if len(steps) > 0 {
				bases.put(p, offset, b)
			}
			return p.build(bases, b, steps, limit)
		}
		steps = append(steps, step{offset, data})
		left -= int64(len(data))
		if offset, err = p.base(h); err != nil {
			return 0, nil, err
		}
	}
	return 0, nil, fmt.Errorf("%w: more than %d deltas in a row", errPack, maxChain)
}

// entry reads one entry as it is stored: an object, or a delta.
func (d *decoder) entry(f *packFile, offset, limit int64) (head, []byte, error) {
	h, err := d.readHead(f, offset)
	if err != nil {
		return h, nil, damaged(unexpected(err))
	}
	if h.size > limit {
		return h, nil, tooLarge(fmt.Sprintf("the object at %d", offset), limit)
	}
	data, err := d.inflate(h.size)
	if err != nil {
		return h, nil, damaged(err)
	}
	return h, data, nil
}

// damaged makes err one that matches errPack, unless the file was closed.
func damaged(err error) error {
	if errors.Is(err, errPack) || errors.Is(err, fs.ErrClosed) {
		return err
	}
	return fmt.Errorf("%w: %w", errPack, err)
}

func (p *pack) base(delta head) (int64, error) {
	if delta.typ == plumbing.OFSDeltaObject {
		return delta.base, nil
	}
	offset, ok, err := p.find(delta.ref)
	if err == nil && !ok {
		err = fmt.Errorf("%w: base %s is missing", errPack, delta.ref)
	}
	return offset, err
}

// build makes an object from its base, the last step first. All objects on the
// way together have at most 16 times limit bytes: a short delta can ask for a
// long copy. Each of them but the last is kept, as it may be the base of others.
func (p *pack) build(bases *baseCache, b stored, steps []step, limit int64) (plumbing.ObjectType, []byte, error) {
	work := 16 * limit
	for i := len(steps) - 1; i >= 0; i-- {
		size, err := targetSize(steps[i].delta)
		if err != nil {
			return 0, nil, err
		}
		if work -= size; work < 0 {
			return 0, nil, tooLarge("a chain of deltas", 16*limit)
		}
		if b.data, err = applyDelta(b.data, steps[i].delta); err != nil {
			return 0, nil, err
		}
		if i > 0 {
			bases.put(p, steps[i].offset, b)
		}
	}
	if int64(len(b.data)) > limit {
		return 0, nil, tooLarge("an object", limit)
	}
	return b.typ, b.data, nil
}

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

func targetSize(delta []byte) (int64, error) {
	_, to, _, err := sizes(delta)
	return to, err
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
	out := make([]byte, 0, to)
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
