package bundle

import (
	"errors"
	"strings"
	"testing"
)

// However much work the archives of a file of 10 MB claim, it ends before they took so many
// steps as take 20 seconds; and a larger file may have more.
func TestReader_Spend(t *testing.T) {
	for size, enough := range map[int64]int64{0: 2 << 30, 10 << 20: 9<<30 + 1<<29, 90 << 20: 69<<30 + 1<<29} {
		r := Reader{}
		in := counted{from: strings.NewReader("x"), all: &r.work}
		if _, err := in.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		r.work.read.Add(size)
		if err := r.Spend(enough); err != nil {
			t.Errorf("%d bytes: error %v", size, err)
		}
		if err := r.Spend(2 << 10); !errors.Is(err, ErrLimit) {
			t.Errorf("%d bytes: %d steps and more are not too many: %v", size, enough, err)
		}
	}
}
