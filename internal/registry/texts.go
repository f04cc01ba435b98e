package registry

import (
	"maps"
	"sync"
	"time"
)

// maxTexts bounds the texts of entry files that are remembered, in bytes. With what they are
// as gzip it is a little more.
const maxTexts = 64 << 20

// texts are the crates whose entries are remembered.
type texts struct {
	mu    sync.Mutex
	bytes int
	of    map[*kept]int
}

// add counts the text of a crate that was just made. If they are too many by that the half
// is forgotten that was not asked for longest.
func (t *texts) add(k *kept, bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[*kept]int{}
	}
	t.bytes += bytes - t.of[k]
	t.of[k] = bytes
	if t.bytes > maxTexts {
		t.shrink(k)
	}
}

// shrink leaves crates out that somebody is at, and that which was just made.
func (t *texts) shrink(keep *kept) {
	lock := func(k *kept) *sync.Mutex { return &k.mu }
	used := func(k *kept) (time.Time, bool) { return k.used, k != keep }
	for _, k := range longestUnused(maps.Keys(t.of), lock, used) {
		if t.bytes <= maxTexts/2 {
			return
		}
		if k.mu.TryLock() {
			k.entries = nil
			t.bytes -= t.of[k]
			delete(t.of, k)
			k.mu.Unlock()
		}
	}
}
