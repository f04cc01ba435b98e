package object

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-git/go-git/v5/plumbing"
)

// Bounds of a chain of deltas.
const (
	maxChain     = 4096    // deltas; git makes none longer than 4095
	maxKept      = 1 << 20 // bytes of deltas kept on the way to the base
	minChainWork = 64 << 20
	chainFactor  = 32 // how many times an object's limit all on the way to it may take
)

// step is one delta on the way from a base to an object.
type step struct {
	offset   int64
	from, to int64  // sizes of what it is applied to, and of what it makes
	size     int64  // its own
	delta    []byte // nil if it is to be read when its turn comes
}

// chain is how an object is made.
type chain struct {
	base  stored // known already, or else without data
	at    int64  // where the base begins
	size  int64  // of the base
	steps []step // the last one first
}

// read calls use with the object at offset, whose size is at most limit bytes; what
// use gets may be shared and is not to be changed. Bases of deltas lie in the same
// pack. Nothing is made before the sizes of all that is on the way are known, and no
// more is held at the same time than a step takes: what it is applied to, what it
// makes, and itself.
func (p *pack) read(r *reading, offset int64, use func(plumbing.ObjectType, []byte) error) error {
	f, err := p.open()
	if err != nil {
		return err
	}
	var c chain
	if err = p.follow(f, r, &c, offset); err == nil {
		err = c.check(r)
	}
	if err == nil {
		defer r.budget.held.take(c.held(r))()
		var b stored
		if b, err = p.build(f, r, &c); err == nil {
			return use(b.typ, b.data)
		}
	}
	if errors.Is(err, fs.ErrClosed) || r.ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%s.pack: %w", p.name, err)
}

// follow finds the base of the object at offset, and the steps to it.
func (p *pack) follow(f *packFile, r *reading, c *chain, offset int64) error {
	kept := int64(0)
	for range maxChain {
		c.at = offset
		if b, ok := r.budget.bases.get(p, offset); ok {
			c.base, c.size = b, int64(len(b.data))
			return nil
		}
		h, err := r.dec.readHead(f, offset)
		if err != nil {
			return damaged(unexpected(err))
		}
		if !h.typ.IsDelta() {
			c.base.typ, c.size = h.typ, h.size
			return nil
		}
		s, err := r.dec.readStep(h, offset, kept+h.size <= maxKept)
		if err != nil {
			return damaged(err)
		}
		c.steps, kept = append(c.steps, s), kept+int64(len(s.delta))
		if offset, err = p.base(h); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: more than %d deltas in a row", errPack, maxChain)
}

// readStep reads the delta at which the decoder stands: as a whole, or only the
// sizes it begins with.
func (d *decoder) readStep(h head, offset int64, whole bool) (s step, err error) {
	s = step{offset: offset, size: h.size}
	var begin []byte
	if whole {
		begin, err = d.inflate(h.size)
		s.delta = begin
	} else {
		begin, err = d.peek(2 * binary.MaxVarintLen64)
	}
	if err == nil {
		s.from, s.to, _, err = sizes(begin)
	}
	return s, err
}

// check compares what making the object takes with what it may, and counts it.
func (c *chain) check(r *reading) error {
	work := c.size
	for _, s := range c.steps {
		work += s.to + 4*s.size // an instruction of two bytes may copy one
	}
	switch {
	case c.last() > r.limit:
		return tooLarge("the object", r.limit)
	case len(c.steps) > 0 && work > max(minChainWork, chainFactor*r.limit):
		return tooLarge("a chain of deltas", max(minChainWork, chainFactor*r.limit))
	case c.held(r) > MaxHeld:
		return tooLarge("what an object is made of", MaxHeld)
	}
	return r.budget.Spend(work)
}

// last is the size of the object itself.
func (c *chain) last() int64 {
	if len(c.steps) > 0 {
		return c.steps[0].to
	}
	return c.size
}

// held is how many bytes are needed at the same time.
func (c *chain) held(r *reading) int64 {
	held := max(c.size, r.factor*c.last()) // a delta may be for a base of another size
	for _, s := range c.steps {
		held = max(held, s.from+s.to+s.size)
	}
	return held
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

// build makes an object from its base, the last step first. Each on the way but the
// object itself is kept, as it may be the base of others.
func (p *pack) build(f *packFile, r *reading, c *chain) (b stored, err error) {
	if b = c.base; b.data == nil {
		if b.data, err = r.dec.entryAt(f, c.at); err != nil {
			return b, err
		}
		if len(c.steps) > 0 {
			r.budget.bases.put(p, c.at, b)
		}
	}
	for i := len(c.steps) - 1; i >= 0; i-- {
		s := c.steps[i]
		if err := r.ctx.Err(); err != nil {
			return b, err
		}
		if s.delta == nil {
			if s.delta, err = r.dec.entryAt(f, s.offset); err != nil {
				return b, err
			}
		}
		if b.data, err = applyDelta(b.data, s.delta); err != nil {
			return b, err
		}
		if i > 0 {
			r.budget.bases.put(p, s.offset, b)
		}
	}
	return b, nil
}

// entryAt reads what is stored at offset: an object, or a delta.
func (d *decoder) entryAt(f *packFile, offset int64) ([]byte, error) {
	h, err := d.readHead(f, offset)
	if err != nil {
		return nil, damaged(unexpected(err))
	}
	data, err := d.inflate(h.size)
	if err != nil {
		return nil, damaged(err)
	}
	return data, nil
}
