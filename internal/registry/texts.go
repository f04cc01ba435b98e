package registry

import (
	"cmp"
	"slices"
	"sync"
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
	type aged struct {
		*kept
		used int64
	}
	var list []aged
	for k := range t.of {
		if k != keep && k.mu.TryLock() {
			list = append(list, aged{k, k.used})
			k.mu.Unlock()
		}
	}
	slices.SortFunc(list, func(a, b aged) int { return cmp.Compare(a.used, b.used) })
	for _, k := range list {
		if t.bytes <= maxTexts/2 || !k.mu.TryLock() {
			continue
		}
		k.entries = nil
		t.bytes -= t.of[k.kept]
		delete(t.of, k.kept)
		k.mu.Unlock()
	}
}
