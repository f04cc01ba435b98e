// Package filename knows which names of files other systems do not have, and which they
// take for the same. It goes by the text of a name alone, so that each system can tell of
// the others.
package filename

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NotOnWindows says why Windows has no file of that name, a single path element: it is a
// device, a stream of another file, or a file whose name lacks the dots and blanks at its
// end. It is "" if it has.
func NotOnWindows(name string) string {
	stem, _, _ := strings.Cut(name, ".")
	switch {
	case slices.Contains(devices, strings.ToLower(strings.TrimRight(stem, " "))):
		return "it is a device"
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		return "it ends in a dot or a space"
	case strings.ContainsAny(name, `<>:"/\|?*`) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }):
		return "it has a character that is reserved"
	}
	return ""
}

// devices are names that Windows keeps for itself, with whatever extension, and whatever
// blanks before that.
var devices = []string{
	"con", "prn", "aux", "nul", "conin$", "conout$",
	"com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
}

// Fold returns a text that two names, or paths, share if Windows or macOS takes them for
// the same: by case, letter by letter, or by Unicode form.
func Fold(name string) string {
	return norm.NFC.String(strings.Map(foldRune, norm.NFC.String(name)))
}

// foldRune returns the first of all letters that are the same but for their case. Lower
// case would not do: a capital sigma has two.
func foldRune(r rune) rune {
	if r < 0x80 {
		return unicode.ToLower(r)
	}
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return unicode.ToLower(least)
}
