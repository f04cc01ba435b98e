package redeflate

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
)

// letters returns a tar of so many different bytes in no order: the fewer, the more places
// there are to look at.
func letters(number int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	tar := make([]byte, 64<<10)
	for i := range tar {
		tar[i] = byte(r.IntN(number))
	}
	return tar
}

// An archive that takes its encoder too long is not recognised, of whichever it is, and one
// that takes as many steps as those that exist is.
func TestRecognise_steps(t *testing.T) {
	for _, kind := range order {
		for number, known := range map[int]bool{2: false, 8: true} {
			archive := bytes.NewBufferString("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff")
			if err := compress(archive, bytes.NewReader(letters(number)), kind, nil); err != nil {
				t.Fatal(err)
			}
			_, err := Recognise(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
			if known != (err == nil) || err != nil && err != ErrUnknown {
				t.Errorf("%s of %d letters: error %v", kind, number, err)
			}
		}
	}
}

// Whoever has an archive made is told of all steps on the way, and may end it.
func TestRebuild_steps(t *testing.T) {
	enough := errors.New("enough")
	for _, kind := range order {
		var most, all int64
		err := compress(new(bytes.Buffer), bytes.NewReader(letters(2)), kind, func(steps int64) error {
			most, all = max(most, steps), all+steps
			return nil
		})
		if err != nil || all < 10<<20 || most > stepsAtOnce+1<<16 {
			t.Errorf("%s: %d steps, of which at most %d at once, error %v", kind, all, most, err)
		}
		err = compress(new(bytes.Buffer), bytes.NewReader(letters(2)), kind, func(int64) error { return enough })
		if err != enough {
			t.Errorf("%s: error %v", kind, err)
		}
	}
}
