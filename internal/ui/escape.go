package ui

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"cargohome/crate"
)

// shown is a text as people may see it: without secrets, and escaped.
func shown(s string) string { return escape(crate.RedactText(s)) }

// shownLine is shown for a text that is to stay on its line.
func shownLine(s string) string { return strings.ReplaceAll(shown(s), "\n", `\n`) }

// TOML is text of a configuration, and the only text that is printed with its secrets:
// without the user info of its URLs, Cargo would not find the sources that it replaces.
type TOML string

// redacted returns a copy of a result in which all texts are redacted.
func redacted(v reflect.Value) reflect.Value {
	if !v.IsValid() || v.Type() == reflect.TypeFor[TOML]() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(crate.RedactText(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(redacted(v.Field(i)))
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			out.Set(redactedBehind(v))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(redacted(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for key, value := range v.Seq2() {
				out.SetMapIndex(redacted(key), redacted(value))
			}
		}
	}
	return out
}

func redactedBehind(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return redacted(v.Elem())
	}
	out := reflect.New(v.Type().Elem())
	out.Elem().Set(redacted(v.Elem()))
	return out
}

// escape makes text from outside safe to show: control characters, marks that
// turn the direction of writing, invisible format characters and bytes that are
// not UTF-8 become Go escapes. Line breaks stay, as messages have their own, and
// texts from outside are quoted within those.
func escape(s string) string { return escapeAs(s, goEscape) }

// escapeAs writes unsafe runes in one of the forms below.
func escapeAs(s string, form func(b *strings.Builder, r rune, raw string)) string {
	if !strings.ContainsFunc(s, unsafeRune) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if unsafeRune(r) {
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
		tomlEscape(b, r, raw)
	}
}

func tomlEscape(b *strings.Builder, r rune, _ string) {
	if r < 0x10000 {
		fmt.Fprintf(b, `\u%04x`, r)
	} else {
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// jsonEscape knows no more than 16 bits at a time.
func jsonEscape(b *strings.Builder, r rune, raw string) {
	if r < 0x10000 {
		tomlEscape(b, r, raw)
		return
	}
	high, low := utf16.EncodeRune(r)
	fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
}

// unsafeRune goes by what Unicode says of a character, not by a list: whatever is no
// letter, mark, number, sign or space, is not assigned, or shows as nothing.
func unsafeRune(r rune) bool {
	if ' ' <= r && r <= '~' || r == '\n' {
		return false
	}
	return !unicode.IsPrint(r) || r == utf8.RuneError || unicode.In(r, invisible...) || slices.Contains(blanks, r)
}

// invisible are the characters that a program shows nothing for if it does not know them;
// with those of the category Cf, which are not printed either, they are Unicode's
// Default_Ignorable_Code_Point.
var invisible = []*unicode.RangeTable{unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector}

// blanks are signs and letters whose picture is empty, which no property tells of.
var blanks = []rune{
	'\u2800',                   // BRAILLE PATTERN BLANK
	'\U00013441', '\U00013442', // EGYPTIAN HIEROGLYPH FULL BLANK, HALF BLANK
	'\U00016FE4', // KHITAN SMALL SCRIPT FILLER
	'\U0001D159', // MUSICAL SYMBOL NULL NOTEHEAD
}
