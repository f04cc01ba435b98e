// Package worst looks for the input that makes a counted step of work take longest, or
// keep most.
package worst

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// lookFor: `go test ./gitsrc/... -run TestWorst -v -worst 10m` looks for long.
var lookFor = flag.Duration("worst", 200*time.Millisecond, "how long to look for the worst input of each kind")

// What a step may take: those that 10 MB are worth take 20 seconds and 512 MiB then, of
// which what is held while it is read, and the bases, are not for them. The numbers are
// those of gitsrc/object.
const (
	FreeWork    = 4 << 30
	WorkPerByte = 256
	Elsewhere   = (192 + 32) << 20 // bytes

	worthOf10MB = FreeWork + 10e6*WorkPerByte
)

var most = cost{20e9 / worthOf10MB, float64(512<<20-Elsewhere) / worthOf10MB}

// cost is what a step took: nanoseconds of a processor, and bytes that are kept.
type cost struct{ time, memory float64 }

func (c cost) score() float64 { return max(c.time/most.time, c.memory/most.memory) }

// Kind uses an input, made of numbers, and spends at most so many steps on it. It returns
// what whoever asked keeps of it, and how many steps were spent.
type Kind func(t *testing.T, g *Genes, steps int64) (kept any, spent int64)

// Look changes the worst input that was found again and again, and fails if there is one
// of which a step is not what it is said to be. Another processor, or a busy one, takes
// longer: a short look is for what is out of all proportion, a long one for what is true.
func Look(t *testing.T, run Kind) {
	tolerance := 5. * slowed
	if *lookFor >= time.Minute {
		tolerance = 2 * slowed
	}
	random := rand.New(rand.NewPCG(1, uint64(lookFor.Nanoseconds())))
	var worst, now cost
	var genome []byte
	for end := time.Now().Add(*lookFor); time.Now().Before(end); {
		next := mutate(random, genome)
		if now = measure(t, run, next); now.score() > worst.score() {
			again := measure(t, run, next) // once may be chance
			now = cost{min(now.time, again.time), min(now.memory, again.memory)}
		}
		if now.score() > worst.score() {
			worst, genome = now, next
		}
	}
	t.Logf("worst: %.2f ns and %.3f bytes for a step, at most %.2f and %.3f are right; by %x", worst.time, worst.memory, most.time, most.memory, genome)
	if worst.score() > tolerance {
		t.Errorf("it takes %.2f times what it may", worst.score())
	}
}

// testWork is what is spent at most on one input, and blur what makes those with few
// steps, which take as long as a call takes, not count.
const (
	testWork = 1 << 27
	blur     = 1 << 22
	perDB    = 1 << 20 // bytes that an open repository takes, with what decodes it
)

func measure(t *testing.T, run Kind, genome []byte) cost {
	memory, start := heap(), CPU()
	kept, spent := run(t, &Genes{bytes.Clone(genome)}, testWork)
	took := CPU() - start
	grown := heap() - memory
	runtime.KeepAlive(kept)
	steps := float64(min(testWork, spent+blur))
	return cost{float64(took) / steps, max(0, float64(grown-perDB)) / steps}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func mutate(random *rand.Rand, genome []byte) []byte {
	next := bytes.Clone(genome)
	if len(next) == 0 || random.IntN(20) == 0 {
		next = make([]byte, 48)
		for i := range next {
			next[i] = byte(random.IntN(256))
		}
	}
	for range 1 + random.IntN(4) {
		i, j := random.IntN(len(next)), random.IntN(len(next))
		switch random.IntN(3) {
		case 0:
			next[i] = byte(random.IntN(256))
		case 1:
			next[i] = next[j]
		default:
			next[i] += byte(random.IntN(9)) - 4
		}
	}
	return next
}

// Genes are read one after the other; after the last come zeros.
type Genes struct{ rest []byte }

// Below returns a number below n.
func (g *Genes) Below(n int) int {
	if len(g.rest) == 0 {
		return 0
	}
	v := int(g.rest[0])
	g.rest = g.rest[1:]
	return v * n / 256
}

// Text strings up to so many runs of parts together, each repeated fewer than 2^longest
// times.
func (g *Genes) Text(parts []string, runs, longest int) string {
	var b strings.Builder
	for range 1 + g.Below(runs) {
		part := parts[g.Below(len(parts))]
		b.WriteString(strings.Repeat(part, 1<<g.Below(longest)))
	}
	return b.String()
}
