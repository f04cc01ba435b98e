package par

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
)

// At no time there is more taken than there is, and what is larger than all has it alone.
func TestRoom(t *testing.T) {
	const all = 10
	room := NewRoom(all)
	var taken, most atomic.Int64
	Each(t.Context(), 16, 400, func(int) error {
		n := rand.Int64N(2 * all)
		give, err := room.Take(t.Context(), n)
		if err != nil {
			return err
		}
		now := taken.Add(min(n, all))
		if now > all {
			t.Errorf("%d are taken", now)
		}
		most.Store(max(most.Load(), now))
		time.Sleep(time.Duration(rand.IntN(100)) * time.Microsecond)
		taken.Add(-min(n, all))
		give()
		return nil
	})
	if most.Load() == 0 || room.left != all {
		t.Errorf("%d were taken at most, and %d are left", most.Load(), room.left)
	}
	if _, err := room.Take(t.Context(), 1); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := room.Take(ctx, all); err != context.DeadlineExceeded {
		t.Errorf("who waits for what is not given back gets %v", err)
	}
}
