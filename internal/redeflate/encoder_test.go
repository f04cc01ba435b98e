package redeflate

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// deflated returns the stream, its input given in pieces of any size.
func deflated(t testing.TB, kind Encoder, plain []byte) []byte {
	var out bytes.Buffer
	e := newEncoder(kind, &out, nil)
	r := rand.New(rand.NewPCG(uint64(len(plain)), 2))
	for len(plain) > 0 {
		n := min(1+r.IntN(100_000), len(plain))
		if _, err := e.Write(plain[:n]); err != nil {
			t.Fatal(err)
		}
		plain = plain[n:]
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// goldenInputs are those of testdata/golden.txt.
func goldenInputs() map[string][]byte {
	inputs := map[string][]byte{
		"empty": nil,
		"byte":  []byte("a"),
		"three": []byte("aaa"),
		"zeros": make([]byte, 1<<20),
		"noise": noise(300_000),
		"pairs": bytes.Repeat(noise(40), 20_000),
	}
	for _, n := range []int{31, 32, 33, 34, 47, 48, 49, 64, 150} { // miniz's tiny blocks
		inputs[fmt.Sprintf("noise-%d", n)] = noise(n)
		inputs[fmt.Sprintf("text-%d", n)] = []byte(strings.Repeat("sphinx of black quartz, judge my vow; ", 4)[:n])
	}
	for _, n := range []int{126, 127, 128, 129, 257, 258, 259} { // and one a byte longer, later
		inputs[fmt.Sprintf("twice-%d", n)] = slices.Concat(noise(n), []byte("."), noise(n)[1:], []byte("!+"), noise(n), []byte("!abc"))
	}
	inputs["three-end"] = []byte("abcdefghabc")
	for seed := range uint64(30) {
		inputs[fmt.Sprintf("small-%d", seed)] = anyInput(seed, 64<<10)
	}
	for _, seed := range []uint64{8, 20, 224, 336, 353, 400, 535, 752, 864, 1322} { // zlib-rs 0.5 sees what is behind these
		inputs[fmt.Sprintf("end-%d", seed)] = anyInput(seed, 200<<10)
	}
	for seed := range uint64(6) {
		large := anyInput(seed*16, 200<<10) // around the end of a window
		for more := seed * 1000; len(large) < 600<<10; more++ {
			large = append(large, anyInput(more, 64<<10)...)
		}
		inputs[fmt.Sprintf("large-%d", seed)] = large
	}
	return inputs
}

func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// TestGolden: the sums are those of what the real encoders made.
func TestGolden(t *testing.T) {
	golden, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	inputs, seen := goldenInputs(), 0
	for line := range strings.Lines(string(golden)) {
		var name, want string
		var kind Encoder
		if _, err := fmt.Sscan(line, &name, &kind, &want); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(deflated(t, kind, inputs[name]))); got != want {
			t.Errorf("%s by %v: %s, want %s", name, kind, got, want)
		}
		seen++
	}
	if seen != len(order)*len(inputs) {
		t.Errorf("%d sums for %d inputs", seen, len(inputs))
	}
}

// FuzzEncoders: what comes out is what went in, whatever that was, and in whichever
// pieces.
func FuzzEncoders(f *testing.F) {
	f.Add([]byte("hello, hello, hello"), uint64(1))
	f.Add([]byte{}, uint64(16))
	f.Fuzz(func(t *testing.T, head []byte, seed uint64) {
		plain := append(head, anyInput(seed, 100<<10)...)
		plain = append(plain, head...)
		for _, kind := range order {
			got, err := io.ReadAll(flate.NewReader(bytes.NewReader(deflated(t, kind, plain))))
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%v: %d bytes, %v, want %d", kind, len(got), err, len(plain))
			}
		}
	})
}

// TestMemory: it is the same for a tar of any size.
func TestMemory(t *testing.T) {
	for _, kind := range order {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tar := &repeated{piece: noise(9001), left: 8 << 20}
		if err := Rebuild(io.Discard, tar, Recipe{Encoder: kind, Kept: 1}, nil); err != ErrTar {
			t.Error(err)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20+1<<19 {
			t.Errorf("%v has allocated %d bytes", kind, used)
		}
	}
}

// repeated reads one piece again and again.
type repeated struct {
	piece []byte
	left  int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.piece[:min(len(r.piece), r.left)])
	if r.left -= n; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
