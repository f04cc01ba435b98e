package filename_test

import (
	"testing"

	"cargohome/internal/filename"
)

func TestNotOnWindows(t *testing.T) {
	const device, ends, character = "it is a device", "it ends in a dot or a space", "it has a character that is reserved"
	for name, want := range map[string]string{
		"con": device, "CON": device, "nul.txt": device, "com1": device, "com1.tar.gz": device, "nul .x": device, "Lpt9.tar.gz": device, "com¹": device, "LPT³.x": device, "aux .c": device,
		"conin$": device, "CONOUT$.log": device, "nul.": device, "prn ": device, "aux. .": device, "con.a:b": device,
		"x.": ends, "x ": ends, ".": ends, "..": ends, "x. .": ends, " ": ends,
		"a:b": character, "C:": character, "file::$DATA": character, "a?": character, "a*": character, `a"`: character, "a|b": character, "a<": character, "a>": character,
		`a\b`: character, "a/b": character, "\x01": character, "a\tb": character, "con:x": character,
		"console": "", "com10": "", "com0": "", "com": "", "com⁴": "", "nul_": "", ".con": "", ".a": "", "x.con": "", "x.y": "", "ü": "", " x": "", ".gitignore": "", "\x7f": "", "": "",
	} {
		if got := filename.NotOnWindows(name); got != want {
			t.Errorf("NotOnWindows(%q) = %q, want %q", name, got, want)
		}
	}
}

// What a disk takes for the same has one fold, what it tells apart has two.
func TestFold(t *testing.T) {
	for _, same := range [][]string{
		{"src/Lib.rs", "SRC/lib.rs"}, {"É", "é", "E\u0301", "e\u0301"}, {"Σ", "σ", "ς"}, {"K", "k", "\u212a"}, {"Å", "å", "\u212b", "A\u030a"},
		{"ẞ", "ß"}, {"Ω", "ω", "\u2126"}, {"Ж", "ж"}, {"Ǆ", "ǅ", "ǆ"}, {"\u1fb3", "\u1fbc"}, {"𐐀", "𐐨"},
	} {
		for _, name := range same {
			if got, want := filename.Fold(name), filename.Fold(same[0]); got != want {
				t.Errorf("Fold(%+q) = %+q, that of %+q is %+q", name, got, same[0], want)
			}
			if got := filename.Fold(filename.Fold(name)); got != filename.Fold(name) {
				t.Errorf("Fold(%+q) folds to %+q", filename.Fold(name), got)
			}
		}
	}
	for _, apart := range [][2]string{{"a", "b"}, {"e", "é"}, {"a/b", "ab"}, {"a", "\u0430"}, {"a", "\uff41"}, {"x", "x "}, {"a-b", "a_b"}, {"i", "ı"}} {
		if a, b := filename.Fold(apart[0]), filename.Fold(apart[1]); a == b {
			t.Errorf("%+q and %+q both fold to %+q", apart[0], apart[1], a)
		}
	}
}
