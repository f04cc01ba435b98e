//go:build unix

package gitsrc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// worstFor: `go test ./gitsrc -run TestWorst -v -worst 10m` looks for long.
var worstFor = flag.Duration("worst", 200*time.Millisecond, "how long to look for the worst input of each kind")

// What a step may take: those that 10 MB are worth take 20 seconds and 512 MiB then,
// of which maxHeld and the bases are not for them.
const (
	worthOf10MB   = freeWork + 10e6*workPerByte
	maxStepTime   = 20e9 / worthOf10MB // nanoseconds
	maxStepMemory = float64(512<<20-maxHeld-maxBases) / worthOf10MB
)

// kinds of input, each made of numbers: run uses one, spending of b, and returns what
// whoever asked keeps of it.
var kinds = []struct {
	name string
	run  func(t *testing.T, g *genes, b *budget) any
}{
	{"deltas", runDeltas}, {"attributes", runAttributes}, {"patterns", runPatterns}, {"trees", runTrees},
}

// Whatever the input, a step is what it is said to be. What makes it take more is
// looked for by changing the worst that was found.
func TestWorst(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(worstFor.Nanoseconds())))
			var worst, now cost
			var genome []byte
			for end := time.Now().Add(*worstFor); time.Now().Before(end); {
				next := mutate(random, genome)
				if now = measure(t, kind.run, next); now.score() > worst.score() {
					now = max2(now, measure(t, kind.run, next)) // once may be chance
				}
				if now.score() > worst.score() {
					worst, genome = now, next
				}
			}
			t.Logf("worst: %.2f ns and %.3f bytes for a step, at most %.2f and %.3f are right; by %x", worst.time, worst.memory, maxStepTime, maxStepMemory, genome)
			if worst.score() > tolerance() {
				t.Errorf("it takes %.2f times what it may", worst.score())
			}
		})
	}
}

// tolerance: another processor, or a busy one, takes longer. A short look is for what is
// out of all proportion, a long one for what is true.
func tolerance() float64 {
	if *worstFor < time.Minute {
		return 5 * slowed
	}
	return 2 * slowed
}

// cost is what a step took: nanoseconds of a processor, and bytes that are kept.
type cost struct{ time, memory float64 }

func (c cost) score() float64 { return max(c.time/maxStepTime, c.memory/maxStepMemory) }

// max2 returns the lesser of two measurements of one thing.
func max2(a, b cost) cost { return cost{min(a.time, b.time), min(a.memory, b.memory)} }

// testWork is what is spent at most on one input, and blur what makes those with few
// steps, which take as long as a call takes, not count.
const (
	testWork = 1 << 27
	blur     = 1 << 22
	perDB    = 1 << 20 // bytes that an open repository takes, with what decodes it
)

func measure(t *testing.T, run func(*testing.T, *genes, *budget) any, genome []byte) cost {
	b := newBudget()
	b.left.Store(testWork)
	memory, start := heap(), cpu()
	kept := run(t, &genes{bytes.Clone(genome)}, b)
	took := cpu() - start
	grown := heap() - memory
	runtime.KeepAlive(kept)
	b.left.Add(-blur)
	steps := float64(min(testWork, testWork-b.left.Load()))
	return cost{float64(took) / steps, max(0, float64(grown-perDB)) / steps}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// cpu is what the process took of processors, which other processes do not change.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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

// genes are read one after the other; after the last come zeros.
type genes struct{ rest []byte }

func (g *genes) below(n int) int {
	if len(g.rest) == 0 {
		return 0
	}
	v := int(g.rest[0])
	g.rest = g.rest[1:]
	return v * n / 256
}

// text strings runs of parts together.
func (g *genes) text(parts []string, runs, longest int) string {
	var b strings.Builder
	for range 1 + g.below(runs) {
		part := parts[g.below(len(parts))]
		b.WriteString(strings.Repeat(part, 1<<g.below(longest)))
	}
	return b.String()
}

// runDeltas reads an object of zeros, made of others by copying.
func runDeltas(t *testing.T, g *genes, b *budget) any {
	size := 1 << g.below(24)
	pack := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01")
	entry := packEntry(plumbing.BlobObject, size, nil, make([]byte, size))
	at := len(pack)
	pack = append(pack, entry...)
	for range g.below(12) {
		to, part := 1<<g.below(27), 1<<g.below(16)
		part = max(min(part, size), to>>16, 1)
		if part > size || part > 1<<16-1 {
			break
		}
		delta := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(size)), uint64(to))
		for left := to; left > 0; left -= part {
			n := min(left, part)
			delta = append(delta, 0xb0, byte(n), byte(n>>8))
		}
		entry := packEntry(plumbing.OFSDeltaObject, len(delta), baseOffset(len(pack)-at), delta)
		at, size = len(pack), to
		pack = append(pack, entry...)
	}
	h := plumbing.ComputeHash(plumbing.BlobObject, make([]byte, size))
	s := openPackBytes(t, packIndex(h, uint32(at)), pack)
	if s == nil {
		return nil
	}
	s.budget = b
	for range 20 {
		err := s.use(t.Context(), h, MaxBlob, 1, func([]byte) error { return nil })
		if err != nil {
			break
		}
	}
	return s.close() // and let go of the bases, which are counted by themselves
}

func runAttributes(t *testing.T, g *genes, b *budget) any {
	parts := []string{"*", "?", "[", "]", "a", "b", "/", "**/", `\`, "[:alpha:]", "[a-z]", "-", "!", " text\n", " eol=lf\n", "*a", "[^a]"}
	rules := g.text(parts, 12, 14)
	path := g.text([]string{"a", "b", "/", "a/", "aab"}, 4, 9)
	path = path[:min(len(path), maxName)]
	a := newAttrStack(b.spend)
	a.files[""] = &attrFile{read: func() (string, error) { return rules, nil }}
	for i := range 200 {
		if _, err := a.of(path + fmt.Sprint(i)); err != nil {
			break
		}
	}
	return a
}

// countedList is an entryList of which the work is counted.
type countedList struct {
	*entryList
	*budget
}

func runPatterns(t *testing.T, g *genes, b *budget) any {
	pattern := g.text([]string{"*", "?", "[ab]", "a", "/", "**/", "/**/", "{a,b}", "{*,a}", "{", "}", ",", "*a", "!", "[!a]", "b"}, 10, 10)
	pattern = pattern[:min(len(pattern), maxGlob)]
	var tree strings.Builder
	tree.WriteString("Cargo.toml")
	deep := g.text([]string{"a", "b", "a/", "ab/", "/a"}, 4, 9)
	for i := range 1 + g.below(100) {
		fmt.Fprintf(&tree, "\n%s", filepath.Clean(fmt.Sprintf("d%d/%s/f", i, deep[:min(len(deep), 3000)])))
	}
	l := countedList{entriesOf(tree.String()), b}
	listing, err := List(l, "", nil, []string{pattern, pattern})
	if err != nil && !errors.As(err, new(*LimitError)) {
		return nil
	}
	return listing
}

// runTrees lists a tree that has itself many times over.
func runTrees(t *testing.T, g *genes, b *budget) any {
	f := newFixture(t, nil)
	blob, mode := f.blob("x"), "100644"
	at := blob
	for range 1 + g.below(40) {
		name := strings.Repeat("n", 1+g.below(200))
		var data []byte
		for i := range 1 + 1<<g.below(11) {
			data = append(append(data, fmt.Sprintf("%s %s%d\x00", mode, name, i)...), at[:]...)
		}
		at, mode = f.object(plumbing.TreeObject, data), "40000"
	}
	commit := f.commitOf(at)
	dir, err := os.MkdirTemp("", "worst")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	f.write(dir, false)
	db, err := OpenDB(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.store.budget = b
	w, err := db.WorkTree(t.Context(), commit, nil)
	if err == nil {
		w.tree()
	}
	return w
}
