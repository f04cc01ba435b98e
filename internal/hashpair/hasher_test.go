package hashpair

import (
	"crypto/sha256"
	"math/rand/v2"
	"slices"
	"testing"
)

// texts have every length up to three blocks, and some that are longer, in an order of no
// length's.
func texts() (list [][]byte) {
	lengths := []int{1000, 4096, 64<<10 + 1, 300 << 10}
	for n := range 200 {
		lengths = append(lengths, n)
	}
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(lengths), func(i, j int) { lengths[i], lengths[j] = lengths[j], lengths[i] })
	for _, n := range lengths {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		list = append(list, text)
	}
	return list
}

func TestHasher(t *testing.T) {
	list := texts()
	if !fast() {
		t.Log("this processor has not the instructions, or this build leaves them out")
	}
	for _, flush := range []int{1, 2, 3, 1000} { // after so many texts
		told := make([]int, len(list))
		h := &Hasher{Done: func(tag int, sum [sha256.Size]byte) {
			if told[tag]++; sum != sha256.Sum256(list[tag]) {
				t.Errorf("a wrong sum of %d bytes", len(list[tag]))
			}
		}}
		for i, text := range list {
			if h.Add(text, i); i%flush == 0 {
				h.Flush()
			}
		}
		h.Flush()
		if slices.Min(told) != 1 || slices.Max(told) != 1 {
			t.Errorf("told of some %d times, of some %d times", slices.Min(told), slices.Max(told))
		}
	}
}

// A text in parts has the sum of the whole, beside others in parts or not.
func TestHasher_AddParts(t *testing.T) {
	list := texts()
	told := 0
	h := &Hasher{Done: func(tag int, sum [sha256.Size]byte) {
		if told++; sum != sha256.Sum256(list[tag]) {
			t.Errorf("a wrong sum of %d bytes", len(list[tag]))
		}
	}}
	for i, text := range list {
		if i%3 == 0 {
			h.Add(text, i)
			continue
		}
		h.AddParts(func() (part []byte, last bool) {
			n := min(len(text), (i%5+1)*blockSize)
			part, text = text[:n], text[n:]
			return part, len(text) == 0
		}, i)
	}
	h.Flush()
	if told != len(list) {
		t.Errorf("told of %d texts, want %d", told, len(list))
	}
}

// Two buffers are enough: a text is not touched any more when its buffer is the next one's.
func TestHasher_Next(t *testing.T) {
	var want [][sha256.Size]byte
	h := &Hasher{Done: func(tag int, sum [sha256.Size]byte) {
		if sum != want[tag] {
			t.Errorf("a wrong sum of text %d", tag)
		}
	}}
	var buffers [2][512 << 10]byte
	for i, text := range texts() {
		b := buffers[h.Next()][:len(text)]
		copy(b, text)
		want = append(want, sha256.Sum256(text))
		h.Add(b, i)
	}
	h.Flush()
}

// What was dropped is not told of.
func TestHasher_Drop(t *testing.T) {
	told := 0
	h := &Hasher{Done: func(tag int, _ [sha256.Size]byte) { told += tag }}
	h.Add(make([]byte, 100), 1)
	if fast() {
		h.Drop()
	}
	before := told
	h.Add(nil, 2)
	h.Flush()
	if told != before+2 || fast() && before != 0 {
		t.Errorf("told %d, then %d", before, told)
	}
}

func FuzzHasher(f *testing.F) {
	f.Add([]byte("abc"), []byte("abcd"), []byte{})
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		list := [][]byte{a, b, c}
		h := &Hasher{Done: func(tag int, sum [sha256.Size]byte) {
			if sum != sha256.Sum256(list[tag]) {
				t.Errorf("a wrong sum of %q", list[tag])
			}
		}}
		for i, text := range list {
			h.Add(text, i)
		}
		h.Flush()
	})
}

func BenchmarkHasher(b *testing.B) {
	text := make([]byte, 16<<10)
	h := &Hasher{Done: func(int, [sha256.Size]byte) {}}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		h.Add(text, 0)
	}
}

func BenchmarkSum256(b *testing.B) {
	text := make([]byte, 16<<10)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		sha256.Sum256(text)
	}
}
