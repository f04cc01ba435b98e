package rustsource

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

type kind uint8

const (
	end   kind = iota
	word       // an identifier, a keyword or a number
	text       // a string of any form; its value is the token's
	punct      // one character
)

type token struct {
	kind  kind
	value string
	line  int // from 1
}

func (t token) is(value string) bool { return t.kind != text && t.value == value }

// lexer cuts a text into tokens, in time linear in its length. Of what is no Rust it makes
// some tokens.
type lexer struct {
	src  string
	at   int
	line int
}

// next returns the next token. Comments, characters and lifetimes are none.
func (l *lexer) next() token {
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case c == '\n':
			l.line++
			l.at++
		case c <= ' ':
			l.at++
		case c == '/' && l.has("//"):
			l.skip(strings.IndexByte(l.src[l.at:], '\n'))
		case c == '/' && l.has("/*"):
			l.comment()
		case c == '\'':
			l.quoted()
		case c == '"':
			return l.stringToken(1, -1)
		case isWord(c):
			if t, ok := l.prefixed(); ok {
				return t
			}
			return l.word()
		default:
			l.at++
			return token{punct, l.src[l.at-1 : l.at], l.line}
		}
	}
	return token{line: l.line}
}

func (l *lexer) has(prefix string) bool { return strings.HasPrefix(l.src[l.at:], prefix) }

// skip passes n bytes, or all if n is negative.
func (l *lexer) skip(n int) {
	if n < 0 {
		n = len(l.src) - l.at
	}
	l.line += strings.Count(l.src[l.at:l.at+n], "\n")
	l.at += n
}

// comment passes a comment, with those in it.
func (l *lexer) comment() {
	for depth := 0; l.at < len(l.src); {
		switch {
		case l.has("/*"):
			depth++
			l.at += 2
		case l.has("*/"):
			depth--
			l.at += 2
		default:
			n := strings.IndexAny(l.src[l.at+1:], "/*")
			if n >= 0 {
				n++
			}
			l.skip(n)
		}
		if depth == 0 {
			return
		}
	}
}

// quoted passes a character or the quote of a lifetime.
func (l *lexer) quoted() {
	rest := l.src[l.at+1:]
	if len(rest) > 0 && rest[0] == '\\' {
		if n := strings.IndexByte(rest[min(2, len(rest)):], '\''); n >= 0 && n < 16 {
			l.skip(n + 4)
			return
		}
	}
	if _, n := utf8.DecodeRuneInString(rest); n < len(rest) && rest[n] == '\'' {
		l.skip(n + 2)
		return
	}
	l.at++
}

func isWord(c byte) bool {
	return c == '_' || c >= utf8.RuneSelf || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func (l *lexer) word() token {
	start := l.at
	for l.at < len(l.src) && isWord(l.src[l.at]) {
		l.at++
	}
	return token{word, l.src[start:l.at], l.line}
}

// prefixed reads a string that begins with letters: r, b, c, br or cr.
func (l *lexer) prefixed() (token, bool) {
	n := l.at
	if n < len(l.src) && (l.src[n] == 'b' || l.src[n] == 'c') {
		n++
	}
	raw := n < len(l.src) && l.src[n] == 'r'
	if raw {
		n++
	}
	hashes := 0
	for raw && n < len(l.src) && l.src[n] == '#' {
		hashes, n = hashes+1, n+1
	}
	if n == l.at || n >= len(l.src) || l.src[n] != '"' {
		return token{}, false
	}
	if !raw {
		hashes = -1
	}
	return l.stringToken(n+1-l.at, hashes), true
}

// stringToken reads a string whose opening is so many bytes long; hashes is -1 if it has
// escapes.
func (l *lexer) stringToken(opening, hashes int) token {
	t := token{kind: text, line: l.line}
	l.at += opening
	rest := l.src[l.at:]
	closing := `"` + strings.Repeat("#", max(hashes, 0))
	n := strings.Index(rest, closing)
	if hashes < 0 {
		n = closingQuote(rest)
	}
	if n < 0 {
		l.skip(-1)
		return t
	}
	t.value = rest[:n]
	if hashes < 0 {
		t.value = unescape(t.value)
	}
	l.skip(n + len(closing))
	return t
}

func closingQuote(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// unescape takes what is no escape as it is.
func unescape(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, `\`)
		b.WriteString(before)
		if !found || rest == "" {
			return b.String()
		}
		var value string
		value, s = escaped(rest)
		b.WriteString(value)
	}
}

// simple are the escapes of one letter.
var simple = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", '0': "\x00", '\\': `\`, '"': `"`, '\'': `'`}

// escaped reads what stands behind a backslash, and returns what is behind that.
func escaped(s string) (value, rest string) {
	switch c := s[0]; {
	case simple[c] != "":
		return simple[c], s[1:]
	case c == '\n' || c == '\r': // the next line goes on
		return "", strings.TrimLeft(s, " \t\r\n")
	case c == 'x' && len(s) > 2:
		if n, err := strconv.ParseUint(s[1:3], 16, 8); err == nil {
			return string([]byte{byte(n)}), s[3:]
		}
	case c == 'u':
		digits, behind, closed := strings.Cut(s[1:], "}")
		digits, opened := strings.CutPrefix(digits, "{")
		if n, err := strconv.ParseUint(strings.ReplaceAll(digits, "_", ""), 16, 32); opened && closed && err == nil {
			return string(rune(n)), behind
		}
	}
	return `\`, s
}
