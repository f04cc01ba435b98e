package cargotest

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"runtime/metrics"
	"time"
)

// Hunt looks for the text that costs a reader most. It begins with seeds, changes
// those that cost most so far, and keeps what costs more. Texts repeat their parts
// until they have Size bytes, so that what grows faster than the text shows.
type Hunt struct {
	Seeds []string // parts of texts that the reader takes
	Head  string   // what every text begins with
	Size  int      // bytes of a text, when it is hunted for long
	Read  func(text []byte)

	Prepare func(text []byte) // if not nil, called before Read, and not counted

	// What a text may cost at most: time of the processors, and bytes of memory held at once.
	Time   time.Duration
	Memory uint64
}

// huntVariable says how long to hunt.
const huntVariable = "CARGOHOME_HUNT"

// Run hunts for as long as the environment's CARGOHOME_HUNT says, or else for a second
// with texts of a tenth of the size, and returns the worst that was found, for people.
// It gives up on t when a text costs more than is allowed.
func (h *Hunt) Run(t T, l Lottery) string {
	d, err := time.ParseDuration(cmp.Or(os.Getenv(huntVariable), "0"))
	check(t, err)
	if d == 0 {
		d, h.Size = time.Second, h.Size/10
	}
	var pool []prey
	for _, s := range h.Seeds {
		pool = append(pool, h.try(t, s))
	}
	tries := len(pool)
	for end := time.Now().Add(d); time.Now().Before(end); tries++ {
		part := mutated(l, Pick(l, pool...).part, Pick(l, pool...).part)
		pool = keepWorst(pool, h.try(t, part), len(h.Seeds)+8)
	}
	slow, large := pool[0], pool[0]
	for _, p := range pool {
		if p.took > slow.took {
			slow = p
		}
		if p.held > large.held {
			large = p
		}
	}
	return fmt.Sprintf("%d texts of %d bytes: the slowest took %v (%.60q), the largest held %d MiB (%.60q)", tries, h.Size, slow.took, slow.part, large.held>>20, large.part)
}

// prey is a part of a text, and what the text costs.
type prey struct {
	part string
	took time.Duration
	held uint64
}

func (h *Hunt) try(t T, part string) prey {
	text := h.text(part)
	if h.Prepare != nil {
		h.Prepare(text)
	}
	meter := newHeapMeter()
	began := cpuTime()
	h.Read(text)
	p := prey{part, cpuTime() - began, meter.stop()}
	if p.took > h.Time || p.held > h.Memory {
		t.Fatalf("%d bytes of %q take %v and %d MiB", len(text), part, p.took, p.held>>20)
	}
	return p
}

// text repeats a part; a "%d" in it is a number that is another each time.
func (h *Hunt) text(part string) []byte {
	b := bytes.NewBufferString(h.Head)
	for n := 0; b.Len() < h.Size && part != ""; n++ {
		b.Write(bytes.ReplaceAll([]byte(part), []byte("%d"), fmt.Append(nil, n)))
	}
	return b.Bytes()
}

// keepWorst takes one more, and out of the pool what costs least: by turns in time and
// in memory.
func keepWorst(pool []prey, p prey, most int) []prey {
	pool = append(pool, p)
	if len(pool) <= most {
		return pool
	}
	least := 0
	for i, q := range pool {
		if q.took < pool[least].took && q.held <= pool[least].held || q.held < pool[least].held && q.took <= pool[least].took {
			least = i
		}
	}
	return append(pool[:least], pool[least+1:]...)
}

// mutated changes a part: doubles, drops, swaps or inserts a piece, of itself or of
// another.
func mutated(l Lottery, part, other string) string {
	const most = 4096
	a, b := l.IntN(len(part)+1), l.IntN(len(part)+1)
	a, b = min(a, b), max(a, b)
	switch l.IntN(6) {
	case 0:
		part = part[:a] + part[a:b] + part[a:]
	case 1:
		part = part[:a] + part[b:]
	case 2:
		c := l.IntN(len(other) + 1)
		part = part[:a] + other[c:] + part[a:]
	case 3:
		part = part[:a] + Pick(l, "%d", ".", ",", "=", "[", "]", "{", "}", "\"", "'", "\n", "\\", "#", " ", "\"\"\"", "a", "0", "/", "*", "!") + part[a:]
	case 4:
		part += "\n" + other
	case 5:
		part = part[b:] + part[:a]
	}
	return part[:min(len(part), most)]
}

// heapMeter notes the most memory that the heap held.
type heapMeter struct {
	before, most uint64
	end, ended   chan struct{}
}

func newHeapMeter() *heapMeter {
	m := &heapMeter{before: heapSize(), end: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(m.ended)
		for {
			m.most = max(m.most, heapSize())
			select {
			case <-m.end:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return m
}

func (m *heapMeter) stop() uint64 {
	close(m.end)
	<-m.ended
	return max(m.most, m.before) - m.before
}

func heapSize() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
