package tomltext

import (
	"fmt"
	"strings"
)

// Key returns s as one part of a TOML key. Text that is not UTF-8 gets the
// replacement character in place of each bad byte run.
func Key(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	t := survey(s)
	switch {
	case isBare(s):
		return s
	case !t.dquote && !t.backslash && !t.newline && !t.control:
		return `"` + escape(s, false) + `"`
	case !t.squote && !t.newline && !t.control:
		return "'" + s + "'"
	}
	return `"` + escape(s, false) + `"`
}

// String returns s as a TOML string. Text that is not UTF-8 gets the
// replacement character in place of each bad byte run.
func String(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	t := survey(s)
	lead := ""
	if t.newline {
		lead = "\n" // TOML drops a newline right after opening quotes
	}
	switch {
	case !t.dquote && !t.backslash && !t.newline && !t.control:
		return `"` + escape(s, false) + `"`
	case !t.squote && !t.newline && !t.control:
		return "'" + s + "'"
	case !t.backslash && !t.control && t.dquotes <= 2:
		return `"""` + lead + escape(s, true) + `"""`
	case !t.control && t.squotes <= 2:
		return "'''" + lead + s + "'''"
	case t.newline:
		return `"""` + lead + escape(s, true) + `"""`
	}
	return `"` + escape(s, false) + `"`
}

// olderString is String by toml_edit 0.22.14 to 0.22.24 (encode.rs: infer_all_style): what
// has quotes or backslashes comes in single quotes where they can hold it, and in a text
// of several lines every double quote is escaped.
func olderString(s string) string {
	t := survey(s)
	return olderQuoted(s, t.dquote || t.backslash)
}

// oldestString is that by toml_edit before 0.22.14, to which double quotes are no reason for
// single ones.
func oldestString(s string) string { return olderQuoted(s, survey(s).backslash) }

// olderQuoted prefers single quotes if literal is set.
func olderQuoted(s string, literal bool) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	t := survey(s)
	literal = literal && !t.control && t.squotes <= 2 && !strings.HasSuffix(s, "'")
	switch {
	case literal && t.newline:
		return "'''\n" + s + "'''"
	case literal && t.squote:
		return "'''" + s + "'''"
	case literal:
		return "'" + s + "'"
	case t.newline:
		lines := strings.Split(s, "\n")
		for i := range lines {
			lines[i] = escape(lines[i], false)
		}
		return `"""` + "\n" + strings.Join(lines, "\n") + `"""`
	}
	return `"` + escape(s, false) + `"`
}

// oldestKey is Key before toml_edit 0.22.14.
func oldestKey(s string) string {
	if s = strings.ToValidUTF8(s, "\uFFFD"); isBare(s) {
		return s
	}
	return `"` + escape(s, false) + `"`
}

// traits are what the choice of quotes depends on.
type traits struct {
	dquote, squote, backslash, newline bool
	control                            bool // 00–1F but tab and newline, and 7F
	dquotes, squotes                   int  // longest runs
}

func survey(s string) traits {
	var t traits
	run, last := 0, byte(0)
	for i := range len(s) {
		c := s[i]
		if c != last {
			run = 0
		}
		run, last = run+1, c
		switch {
		case c == '"':
			t.dquote, t.dquotes = true, max(t.dquotes, run)
		case c == '\'':
			t.squote, t.squotes = true, max(t.squotes, run)
		case c == '\\':
			t.backslash = true
		case c == '\n':
			t.newline = true
		case c < ' ' && c != '\t' || c == 0x7f:
			t.control = true
		}
	}
	return t
}

func isBare(s string) bool {
	for i := range len(s) {
		if !isBareByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isBareByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// escape writes the inside of a double-quoted form. In the multi-line form
// newlines stay, and a '"' is escaped only as the third in a row.
func escape(s string, multiline bool) string {
	var b strings.Builder
	quotes := 0
	for i := range len(s) {
		c := s[i]
		if c == '"' {
			quotes++
		} else {
			quotes = 0
		}
		switch {
		case multiline && (c == '\n' || c == '"' && quotes < 3):
			b.WriteByte(c)
		case c < ' ' || c == 0x7f || c == '"' || c == '\\':
			b.WriteString(escaped(c))
			quotes = 0
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func escaped(c byte) string {
	if i := strings.IndexByte("\b\t\n\f\r\"\\", c); i >= 0 {
		return `\` + `btnfr"\`[i:i+1]
	}
	return fmt.Sprintf(`\u%04X`, c)
}
