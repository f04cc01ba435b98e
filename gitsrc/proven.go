package gitsrc

import (
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxProven bounds the files of a repository that are remembered: some 10 MiB.
const maxProven = 1 << 18

// proven are the files of a repository that were read, and could be written. It is safe
// for concurrent use.
type proven struct {
	mu    sync.Mutex
	sizes map[provenKey]int64 // in bytes
}

type provenKey struct {
	object plumbing.Hash
	conv   conversion
}

func (p *proven) size(k provenKey) (size int64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size, ok = p.sizes[k]
	return size, ok
}

func (p *proven) add(k provenKey, size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sizes == nil || len(p.sizes) >= maxProven {
		p.sizes = map[provenKey]int64{}
	}
	p.sizes[k] = size
}
