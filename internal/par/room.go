package par

import (
	"context"
	"sync"
)

// Room is so much of something, such as bytes of memory, of which each piece of work takes
// some for a while. It is for those that begin many at once, and of which a few may be large.
type Room struct {
	mu        sync.Mutex
	given     sync.Cond
	all, left int64
}

// NewRoom returns room for n.
func NewRoom(n int64) *Room {
	r := &Room{all: n, left: n}
	r.given.L = &r.mu
	return r
}

// Take waits until there is room for n, or for more than there ever is until all is left. What
// it returns gives it back. The error is that of ctx, if it ends before.
func (r *Room) Take(ctx context.Context, n int64) (give func(), err error) {
	n = min(n, r.all)
	defer context.AfterFunc(ctx, r.wake)()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.left < n {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.given.Wait()
	}
	r.left -= n
	return func() { r.give(n) }, nil
}

// wake has those who wait look again.
func (r *Room) wake() { r.give(0) }

func (r *Room) give(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left += n
	r.given.Broadcast()
}
