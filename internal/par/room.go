package par

import "sync"

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
// it returns gives it back.
func (r *Room) Take(n int64) (give func()) {
	n = min(n, r.all)
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.left < n {
		r.given.Wait()
	}
	r.left -= n
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.left += n
		r.given.Broadcast()
	}
}
