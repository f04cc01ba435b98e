// Package visible makes texts from outside safe to show, wherever that is: what no eye would
// see in them, or would take for something else, is written as an escape.
package visible

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text makes text from outside safe to show: control characters, marks that
// turn the direction of writing, invisible format characters and bytes that are
// not UTF-8 become Go escapes. Line breaks stay, as messages have their own, and
// texts from outside are quoted within those.
func Text(s string) string { return As(s, goEscape) }

// Form writes an unsafe rune, of which raw are the bytes.
type Form func(b *strings.Builder, r rune, raw string)

// As is [Text] with unsafe runes in a form of some language: [TOML] or [JSON].
func As(s string, form Form) string {
	if !strings.ContainsFunc(s, isUnsafe) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if isUnsafe(r) {
			form(&b, r, s[:n])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// goEscape: bytes that are not UTF-8 stay recognisable.
func goEscape(b *strings.Builder, r rune, raw string) {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		fmt.Fprintf(b, `\x%02x`, raw[0])
	case r < 0x80:
		fmt.Fprintf(b, `\x%02x`, r)
	default:
		TOML(b, r, raw)
	}
}

// TOML is the form of escapes in strings of TOML.
func TOML(b *strings.Builder, r rune, _ string) {
	if r < 0x10000 {
		fmt.Fprintf(b, `\u%04x`, r)
	} else {
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// JSON is the form of escapes in strings of JSON, which knows no more than 16 bits at a time.
func JSON(b *strings.Builder, r rune, raw string) {
	if r < 0x10000 {
		TOML(b, r, raw)
		return
	}
	high, low := utf16.EncodeRune(r)
	fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
}

// isUnsafe goes by what Unicode says of a character, not by a list: whatever is no
// letter, mark, number, sign or space, is not assigned, or shows as nothing.
func isUnsafe(r rune) bool {
	if ' ' <= r && r <= '~' || r == '\n' {
		return false
	}
	return !unicode.IsPrint(r) || r == utf8.RuneError || isInvisible(r) || slices.Contains(blanks, r)
}

// isInvisible reports whether a program shows nothing for a character if it does not know it; with
// those of the category Cf, which are not printed either, they are Unicode's
// Default_Ignorable_Code_Point.
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// blanks are signs and letters whose picture is empty, which no property tells of.
var blanks = []rune{
	'\u2800',                   // BRAILLE PATTERN BLANK
	'\U00013441', '\U00013442', // EGYPTIAN HIEROGLYPH FULL BLANK, HALF BLANK
	'\U00016FE4', // KHITAN SMALL SCRIPT FILLER
	'\U0001D159', // MUSICAL SYMBOL NULL NOTEHEAD
}
