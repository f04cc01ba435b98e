package object

import (
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"

	"cargohome/internal/fsx"
)

// What the repositories that are read together may take: those of one git folder, or
// one that is opened by itself. A repository may have been made to take far more
// than it has, so the bounds are in proportion to what is on the disk.
const (
	// freeWork is how many steps even the smallest repository is worth, and
	// workPerByte how many each byte of a pack adds. A step is about what a byte
	// takes that is copied, a nanosecond.
	freeWork    = 4 << 30
	workPerByte = 256

	// MaxHeld is how many bytes are held in memory at the same time of objects
	// that are being read, by all who read, as far as one needs more than
	// heldFree.
	MaxHeld  = 192 << 20
	heldFree = 1 << 20
)

// What reading takes, in steps. Some are kept, and stand for memory: for each step
// not more than a twentieth of a byte.
const (
	workPerBlobByte   = 2  // hashed, converted
	workPerTreeByte   = 64 // and kept until what is below it was read
	workPerPackSearch = 32 // of one pack for one object
)

// Budget counts what is spent, in steps. It is safe for concurrent use.
type Budget struct {
	left atomic.Int64 // steps
	all  atomic.Int64 // steps there were
	held ration

	bases bases

	mu   sync.Mutex
	seen map[fileID]bool // files that count
}

// NewBudget returns a budget for the smallest of repositories; it grows with those that
// are read.
func NewBudget() *Budget {
	b := &Budget{seen: map[fileID]bool{}, bases: newBases()}
	b.grant(freeWork)
	b.held.free = MaxHeld
	b.held.given.L = &b.held.mu
	return b
}

func (b *Budget) grant(steps int64) {
	b.all.Add(steps)
	b.left.Add(steps)
}

// fileID tells files apart; where the system does not, two that have name and size in
// common count once.
type fileID struct {
	fsx.ID
	name string
	size int64
}

func identify(info fs.FileInfo) fileID {
	if id := fsx.IDOf(info); id != (fsx.ID{}) {
		return fileID{ID: id}
	}
	return fileID{name: info.Name(), size: info.Size()}
}

// admit counts a pack, once however often it is opened, and not what is a hole.
func (b *Budget) admit(info fs.FileInfo) {
	id, size := identify(info), min(info.Size(), fsx.Allocated(info))
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.seen[id] {
		b.seen[id] = true
		b.grant(min(size, maxEntrySize/workPerByte) * workPerByte)
	}
}

// Spend takes steps before they are made. The error is a [*LimitError].
func (b *Budget) Spend(steps int64) error {
	if b.left.Add(-steps) < 0 {
		return &LimitError{"steps of work, too many for repositories of this size", b.all.Load()}
	}
	return nil
}

// GiveBack returns steps that stood for memory which is free again.
func (b *Budget) GiveBack(steps int64) { b.left.Add(steps) }

// Left returns how many steps may still be spent.
func (b *Budget) Left() int64 { return b.left.Load() }

// LimitError says that a repository, or a work tree of it, exceeds a bound.
type LimitError struct {
	What  string // what there is too much of, with its unit
	Limit int64  // how much there may be, in that unit
}

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Limit, e.What) }

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
