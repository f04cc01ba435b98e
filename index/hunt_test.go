package index

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cargohome/internal/cargotest"
)

// No line of an index of ten megabytes takes 20 seconds or 512 MiB, nor do as many lines,
// whatever is read of them.
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
				_, _ = parseStrict(line)
				if e, err := ParseEntry(line); err == nil {
					_, _ = e.Features()
					_, _ = e.Dependencies()
					_, _ = e.Canonical()
				}
			}
		},
	}
	t.Log(h.Run(t, cargotest.NewLottery(rand.Uint64(), 0)))
}

// Of a feature that is there twice the last counts, as where serde fills a map, and those that
// older cargos do not know are added to it, once for all; so a line takes time in proportion
// to its length.
func TestEntry_Features(t *testing.T) {
	many := strings.Repeat(`"a":["x","y"],`, 500_000)
	for _, read := range []func(line []byte) (Entry, error){ParseEntry, parseStrict} {
		e, err := read([]byte(`{"name":"a","vers":"1.0.0","cksum":"","deps":[],"features":{` + many + `"a":["b"],"b":[]},"features2":{` + many + `"a":["c"],"c":[]}}`))
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Features()
		want := map[string][]string{"a": {"b", "c"}, "b": nil, "c": nil}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("features (-want +got), error %v:\n%s", err, diff)
		}
	}
}
