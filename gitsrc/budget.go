package gitsrc

import (
	"io/fs"
	"sync"
	"sync/atomic"
)

// What the repositories that are read together may take: those of one [Folder], or
// one that is opened by itself. A repository may have been made to take far more
// than it has, so the bounds are in proportion to what is on the disk.
const (
	// freeWork is how many steps even the smallest repository is worth, and
	// workPerByte how many each byte of a pack adds. A step is about what a byte
	// takes that is copied, a nanosecond.
	freeWork    = 4 << 30
	workPerByte = 256

	// maxHeld is how many bytes are held in memory at the same time of objects
	// that are being read, by all who read, as far as one needs more than
	// heldFree.
	maxHeld  = 192 << 20
	heldFree = 1 << 20
)

// What things take, in steps. Some are kept, and stand for memory: for each step
// not more than a twentieth of a byte.
const (
	workPerBlobByte    = 2        // hashed, converted
	workPerTreeByte    = 64       // and kept until what is below it was read
	workPerEntry       = 16 << 10 // of a work tree
	workPerPathByte    = 64
	workPerRuleByte    = 128 // of an attributes file; see attrRule
	workPerMatchStep   = 4   // of matching attributes
	workPerTextByte    = 512 // of what is read by name: manifests, mostly, which are parsed, and kept
	workPerPattern     = 512 // bytes of include and exclude
	workPerPackSearch  = 32  // of one pack for one object
	workPerSubmodule   = 1 << 16
	workPerListedEntry = 4
	workPerVisit       = 1 << 9 // of a path that a list comes by
	workPerMatchedByte = 8      // of a path and of a pattern, multiplied
)

// budget counts what is spent. It is safe for concurrent use.
type budget struct {
	left atomic.Int64 // steps
	all  atomic.Int64 // steps there were
	held ration

	bases baseCache

	mu   sync.Mutex
	seen map[fileID]bool // files that count
}

func newBudget() *budget {
	b := &budget{seen: map[fileID]bool{}}
	b.grant(freeWork)
	b.held.free = maxHeld
	b.held.given.L = &b.held.mu
	return b
}

func (b *budget) grant(steps int64) {
	b.all.Add(steps)
	b.left.Add(steps)
}

// admit counts a pack, once however often it is opened, and not what is a hole.
func (b *budget) admit(info fs.FileInfo) {
	id, size := identify(info)
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.seen[id] {
		b.seen[id] = true
		b.grant(min(size, maxEntrySize/workPerByte) * workPerByte)
	}
}

// spend takes steps before they are made.
func (b *budget) spend(steps int64) error {
	if b.left.Add(-steps) < 0 {
		return &LimitError{"steps of work, too many for repositories of this size", b.all.Load()}
	}
	return nil
}

// ration is bytes of memory. Who has some must not wait for more.
type ration struct {
	mu    sync.Mutex
	given sync.Cond
	free  int64
}

// take waits until n bytes are free; what needs little does not wait. give returns
// them.
func (r *ration) take(n int64) (give func()) {
	if n <= heldFree {
		return func() {}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.free < n {
		r.given.Wait()
	}
	r.free -= n
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.free += n
		r.given.Broadcast()
	}
}
