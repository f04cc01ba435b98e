package worktree

import (
	"sync"

	"cargohome/gitsrc/object"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxProven bounds the files that are remembered: some 20 MiB.
const maxProven = 1 << 18

// Proven are the files of repositories that were read, and could be written. The zero
// value has none. It is safe for concurrent use.
type Proven struct {
	mu    sync.Mutex
	sizes map[provenKey]int64 // in bytes
}

type provenKey struct {
	db     *object.DB
	object plumbing.Hash
	conv   conversion
}

func (p *Proven) size(k provenKey) (size int64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size, ok = p.sizes[k]
	return size, ok
}

func (p *Proven) add(k provenKey, size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sizes == nil || len(p.sizes) >= maxProven {
		p.sizes = map[provenKey]int64{}
	}
	p.sizes[k] = size
}
