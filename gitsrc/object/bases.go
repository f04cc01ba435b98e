package object

import (
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
)

const (
	maxBases    = 32 << 20 // bytes of bases of deltas kept, of all repositories of a budget
	maxBaseSize = 4 << 20  // bytes of one that is worth keeping
)

// stored is an object's type and content.
type stored struct {
	typ  plumbing.ObjectType
	data []byte // not to be changed
}

// bases keeps the objects that deltas were applied to, those least used going
// first. Files that resemble each other share bases, and are checked out one
// after the other. It is safe for concurrent use.
type bases struct{ lru *cache.BufferLRU }

func newBases() bases { return bases{cache.NewBufferLRU(maxBases)} }

// get returns what was kept of a place in a pack.
func (b bases) get(p *pack, offset int64) (o stored, ok bool) {
	kept, ok := b.lru.Get(p.key(offset))
	if ok {
		last := len(kept) - 1
		o = stored{plumbing.ObjectType(kept[last]), kept[:last:last]}
	}
	return o, ok
}

// put keeps an object, with its type after it: who made it left room for that.
func (b bases) put(p *pack, offset int64, o stored) {
	if key := p.key(offset); key != noKey && len(o.data) <= maxBaseSize {
		b.lru.Put(key, append(o.data, byte(o.typ)))
	}
}

const (
	offsetBits = 40 // enough for packs of a terabyte
	noKey      = 0  // of what lies beyond
)

// packs counts those that were opened, of which each has a number, from 1.
var packs atomic.Int64

// key is another for each place in each pack.
func (p *pack) key(offset int64) int64 {
	if offset>>offsetBits != 0 {
		return noKey
	}
	return p.number<<offsetBits | offset
}
