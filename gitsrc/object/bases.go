package object

import (
	"slices"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
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

// baseCache keeps the objects that deltas were applied to, the oldest going
// first. Files that resemble each other share bases, and are checked out one
// after the other. It is safe for concurrent use.
type baseCache struct {
	mu    sync.Mutex
	byKey map[baseKey]stored
	order []baseKey // a queue
	bytes int
}

type baseKey struct {
	pack   *pack
	offset int64
}

func (c *baseCache) get(p *pack, offset int64) (stored, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.byKey[baseKey{p, offset}]
	return o, ok
}

func (c *baseCache) put(p *pack, offset int64, o stored) {
	if len(o.data) > maxBaseSize {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := baseKey{p, offset}
	if _, known := c.byKey[key]; known {
		return
	}
	if c.byKey == nil {
		c.byKey = map[baseKey]stored{}
	}
	c.byKey[key] = o
	c.order = append(c.order, key)
	c.bytes += len(o.data)
	c.shrink()
}

func (c *baseCache) shrink() {
	for c.bytes > maxBases {
		oldest := c.order[0]
		c.order = c.order[1:]
		c.bytes -= len(c.byKey[oldest].data)
		delete(c.byKey, oldest)
	}
}

// forget lets go of what is from packs that are closed.
func (c *baseCache) forget(packs map[*pack]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order = slices.DeleteFunc(c.order, func(key baseKey) bool {
		if !packs[key.pack] {
			return false
		}
		c.bytes -= len(c.byKey[key].data)
		delete(c.byKey, key)
		return true
	})
}
