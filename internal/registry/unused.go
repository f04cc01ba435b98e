package registry

import (
	"iter"
	"slices"
	"sync"
	"time"
)

// longestUnused returns those that nobody is at, the one first that was used the longest ago.
// used says when that was, and whether one may go at all, under its lock.
func longestUnused[T any](all iter.Seq[T], lock func(T) *sync.Mutex, used func(T) (time.Time, bool)) []T {
	type aged struct {
		it   T
		used time.Time
	}
	var list []aged
	for it := range all {
		if lock(it).TryLock() { // else somebody is at it
			if at, may := used(it); may {
				list = append(list, aged{it, at})
			}
			lock(it).Unlock()
		}
	}
	slices.SortStableFunc(list, func(a, b aged) int { return a.used.Compare(b.used) })
	found := make([]T, len(list))
	for i, a := range list {
		found[i] = a.it
	}
	return found
}
