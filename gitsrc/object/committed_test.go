package object

import (
	"testing"
	"time"
)

func TestCommitted(t *testing.T) {
	for head, want := range map[string]time.Time{
		"tree x\nauthor A <a@b> 5 +0000\ncommitter C <c@d> 1735689600 +0230":   time.Unix(1735689600, 0),
		"tree x\ncommitter C <c> d@e> 7 -0100\ngpgsig committer D <d> 9 +0000": time.Unix(7, 0),
		"tree x\ncommitter C <c@d> 0 +0000":                                    time.Unix(0, 0),
		"tree x\ncommitter C <c@d>":                                            {},
		"tree x\ncommitter C <c@d> -5 +0000":                                   {},
		"tree x\ncommitter C <c@d> 99999999999999 +0000":                       {},
		"tree x\ncommitter C <c@d> soon":                                       {},
		"tree x\nauthor A <a@b> 5 +0000":                                       {},
		"":                                                                     {},
	} {
		if got := committed([]byte(head)); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", head, got, want)
		}
	}
}
