package tomltext

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unquote returns what a part of a key means.
func unquote(part string) string {
	switch part[0] {
	case '\'':
		return part[1 : len(part)-1]
	case '"':
		return unescape(part[1 : len(part)-1])
	}
	return part
}

// unescape resolves the escapes of a one-line string.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\`)
		b.WriteString(before)
		if !found || after == "" {
			return b.String()
		}
		r, n := escapedRune(after)
		b.WriteRune(r)
		s = after[n:]
	}
}

// escapedRune reads what follows a backslash, and how long it is.
func escapedRune(s string) (rune, int) {
	if i := strings.IndexByte(`btnfre"\`, s[0]); i >= 0 {
		return rune("\b\t\n\f\r\x1b\"\\"[i]), 1
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]
	if len(s) <= digits {
		return utf8.RuneError, len(s)
	}
	n, err := strconv.ParseUint(s[1:1+digits], 16, 31)
	if err != nil {
		return utf8.RuneError, 1
	}
	return rune(n), 1 + digits
}
