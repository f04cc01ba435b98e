package index

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// No line of an index of ten megabytes takes 20 seconds or 512 MiB, nor do as many lines.
func TestHunt(t *testing.T) {
	h := cargotest.Hunt{
		Seeds: []string{
			`{"name":"a","vers":"1.0.0","deps":[`, `{"name":"b%d","req":"^1","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal"},`,
			`{"name":"a","vers":"1.%d.0","deps":[],"cksum":"` + string(bytes.Repeat([]byte("0"), 64)) + `","features":{},"yanked":false}` + "\n",
			`"features":{"f%d":["a","b"],`, `[[[[`, `{"a":{"a":`, `"\u0061\ud800`, `"x%d":1e999,`, "\n",
		},
		Size: 10 << 20, Time: 20 * time.Second, Memory: 480 << 20,
		Read: func(text []byte) {
			for line := range bytes.Lines(text) {
				_, _ = ParseEntry(line)
			}
		},
	}
	t.Log(h.Run(t, cargotest.NewLottery(rand.Uint64(), 0)))
}
