package bundle

import (
	"errors"
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
