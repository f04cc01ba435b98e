package reextract

import "testing"

// What Cargo's reader of JSON takes for its mark (cargo 1.95: LockMetadata).
func Test_isOK(t *testing.T) {
	for text, want := range map[string]bool{
		`{"v":1}`:                     true,
		"{\"v\":1}\n":                 true,
		` { "extra": [1], "v" : 1 } `: true,
		`ok`:                          false,
		``:                            false,
		`{}`:                          false,
		`{"v":2}`:                     false,
		`{"v":1.0}`:                   false,
		`{"v":"1"}`:                   false,
		`{"v":null}`:                  false,
		`{"v":1}x`:                    false,
		`{"V":1}`:                     false,
		`[1]`:                         false, // which Cargo takes, and nobody writes
	} {
		if got := isOK([]byte(text)); got != want {
			t.Errorf("isOK(%q) = %v, want %v", text, got, want)
		}
	}
}
