package bundle

import (
	"errors"
	"fmt"
	"testing"
)

// Paths in a bundle are plain on every system, and on Windows names of files there.
func Test_checkPathOn(t *testing.T) {
	for path, want := range map[string]struct{ unix, windows bool }{
		"registry/cache/x/a-1.0.0.crate": {true, true}, "a/.con/b..c": {true, true}, "é": {true, true}, " a": {true, true},
		"a/aux": {true, false}, "a/NUL.txt/b": {true, false}, "com¹.rs": {true, false}, "a./b": {true, false}, "a ": {true, false}, "...": {true, false},
		"C:": {true, false}, "c:/x": {true, false}, "a:b": {true, false}, "a/b?": {true, false}, "?/C:": {true, false},
		"": {}, ".": {}, "..": {}, "../a": {}, "a/../b": {}, "a/..": {}, "/a": {}, "//h/s": {}, "a//b": {}, "a/": {}, "./a": {}, "a/.": {},
		`\\a`: {}, `a\b`: {}, `\\?\C:\a`: {}, `..\a`: {}, "a\x00": {}, "a\xff": {}, "a\x7f": {},
	} {
		for windows, want := range map[bool]bool{false: want.unix, true: want.windows} {
			if err := checkPathOn(path, windows); (err == nil) != want || err != nil && !errors.Is(err, ErrName) {
				t.Errorf("checkPathOn(%q, %v) = %v", path, windows, err)
			}
		}
	}
}

// What is kept of an entry that says little is more than that.
func TestParseManifest_small_entries(t *testing.T) {
	for count, want := range map[int]error{1 << 17: nil, 1<<17 + 1: ErrLimit} {
		text := []byte(`{"format":1,"made_by":"cargohome","writer":2,"container":"tar"}` + "\n")
		for i := range count {
			text = fmt.Appendf(text, `{"path":"cargohome/vendor/a/%06d/"}`+"\n", i)
		}
		if _, err := ParseManifest(text); !errors.Is(err, want) {
			t.Errorf("%d entries: %v, want %v", count, err, want)
		}
	}
}
