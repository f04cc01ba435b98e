package tomltext

import (
	"strings"
	"unicode/utf8"
)

// Kind is what a token is.
type Kind uint8

// What it may be.
const (
	Bad         Kind = iota + 1 // what cannot stand here, or the end of the text where it cannot end: always the last
	Newline                     // "\n" or "\r\n"
	Comment                     // from its '#' to before the end of the line
	Header                      // the [ before the name of a table
	ArrayHeader                 // the [[ before that of an array of tables
	HeaderEnd                   // ] or ]]
	Name                        // one part of a key, also of one in a header
	Dot                         // between two parts
	Equals
	Quoted  // a string of any of the four forms, with its quotes
	Literal // a number, a boolean or a date
	ArrayOpen
	ArrayClose
	TableOpen // {
	TableClose
	Comma
)

// A Token is a piece of a TOML text.
type Token struct {
	Kind       Kind // what it is
	Start, End int  // in bytes from the start of the text
	Line       int  // that Start is in, from 1
}

// MaxDepth is how many brackets may be open at once. Cargo's reader stops at 80.
const MaxDepth = 128

// A Scanner cuts a text into its tokens, by the grammar of TOML 1.1, in time linear in
// its length. What is inside of strings, comments and literals it leaves to be judged by
// a reader, as also which keys may be there twice.
type Scanner struct {
	Token // that which [Scanner.Next] has found

	text   string
	line   int
	at     place
	header string         // what ends the header that is being read, "" in other keys
	inline [MaxDepth]bool // of the brackets that are open: whether they are those of an inline table
	open   int
}

// A place is what stands before the next token, and so which ones may follow.
type place uint8

const (
	lineStart place = iota
	namePart        // a dot, or the beginning of a header
	nameEnd         // a part of a key
	value           // an equals sign
	element         // the opening or a comma of an array
	entry           // the opening or a comma of an inline table
	valueEnd        // a value, or a header
)

const byteOrderMark = "\ufeff"

// NewScanner returns a scanner that stands before the first token of text. A byte order
// mark is none.
func NewScanner(text string) *Scanner {
	s := &Scanner{text: text, line: 1}
	if strings.HasPrefix(text, byteOrderMark) {
		s.End = len(byteOrderMark)
	}
	return s
}

// Text returns the token as it is written.
func (s *Scanner) Text() string { return s.text[s.Start:s.End] }

// Next finds the next token, and reports false if there is none.
func (s *Scanner) Next() bool {
	if s.Kind == Bad {
		return false
	}
	pos := s.End
	for pos < len(s.text) && (s.text[pos] == ' ' || s.text[pos] == '\t') {
		pos++
	}
	s.Start, s.End, s.Line = pos, pos, s.line
	if pos < len(s.text) {
		s.scan(s.text[pos])
		return true
	}
	if s.open > 0 || s.at != lineStart && s.at != valueEnd {
		s.bad(0)
		return true
	}
	return false
}

// scan finds the token that begins with c.
func (s *Scanner) scan(c byte) {
	within := s.at == lineStart || s.at == element || s.at == entry || s.at == valueEnd
	switch {
	case within && (c == '\n' || c == '\r' || c == '#'):
		s.blank(c)
	case within && (c == ']' || c == '}'):
		s.close(c)
	case s.at == valueEnd:
		s.comma(c)
	case s.at == lineStart && c == '[':
		s.openHeader()
	case s.at == nameEnd:
		s.nameEnd(c)
	case s.at == value || s.at == element:
		s.value(c)
	default:
		s.key(c)
	}
}

// found makes n bytes the token.
func (s *Scanner) found(kind Kind, n int, at place) {
	s.Kind, s.End, s.at = kind, s.Start+n, at
}

func (s *Scanner) bad(n int) { s.found(Bad, n, s.at) }

// badRune is for a character that has no place where it is.
func (s *Scanner) badRune() {
	_, n := utf8.DecodeRuneInString(s.text[s.Start:])
	s.bad(n)
}

// blank passes over the end of a line, or what comes before it.
func (s *Scanner) blank(c byte) {
	rest := s.text[s.Start:]
	switch {
	case c == '#':
		s.found(Comment, len(strings.TrimSuffix(rest[:lineLength(rest)], "\r")), s.at)
		return
	case c == '\r' && !strings.HasPrefix(rest, "\r\n"):
		s.badRune()
		return
	}
	s.found(Newline, strings.IndexByte(rest, '\n')+1, s.at)
	if s.line++; s.open == 0 {
		s.at = lineStart
	}
}

// lineLength is without the newline.
func lineLength(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

func (s *Scanner) openHeader() {
	if s.header = "]"; strings.HasPrefix(s.text[s.Start:], "[[") {
		s.header = "]]"
		s.found(ArrayHeader, 2, namePart)
		return
	}
	s.found(Header, 1, namePart)
}

func (s *Scanner) key(c byte) {
	rest := s.text[s.Start:]
	if c == '"' || c == '\'' {
		s.quoted(Name, rest, nameEnd)
		return
	}
	n := 0
	for n < len(rest) && isBareByte(rest[n]) {
		n++
	}
	if n == 0 {
		s.badRune()
		return
	}
	s.found(Name, n, nameEnd)
}

func (s *Scanner) nameEnd(c byte) {
	switch {
	case c == '.':
		s.found(Dot, 1, namePart)
	case c == '=' && s.header == "":
		s.found(Equals, 1, value)
	case s.header != "" && strings.HasPrefix(s.text[s.Start:], s.header):
		s.found(HeaderEnd, len(s.header), valueEnd)
		s.header = ""
	default:
		s.badRune()
	}
}

func (s *Scanner) value(c byte) {
	rest := s.text[s.Start:]
	switch c {
	case '[':
		s.push(ArrayOpen, element)
	case '{':
		s.push(TableOpen, entry)
	case '"', '\'':
		if len(rest) >= 3 && rest[1] == c && rest[2] == c {
			s.long(rest, rest[:3])
		} else {
			s.quoted(Quoted, rest, valueEnd)
		}
	default:
		if n := literalLength(rest); n > 0 {
			s.found(Literal, n, valueEnd)
		} else {
			s.badRune()
		}
	}
}

func (s *Scanner) push(kind Kind, at place) {
	if s.open == MaxDepth {
		s.bad(1)
		return
	}
	s.inline[s.open] = kind == TableOpen
	s.open++
	s.found(kind, 1, at)
}

// inTable reports whether the innermost bracket is that of an inline table.
func (s *Scanner) inTable() bool { return s.open > 0 && s.inline[s.open-1] }

func (s *Scanner) close(c byte) {
	if s.open == 0 || s.inTable() != (c == '}') {
		s.badRune()
		return
	}
	s.open--
	if c == '}' {
		s.found(TableClose, 1, valueEnd)
	} else {
		s.found(ArrayClose, 1, valueEnd)
	}
}

func (s *Scanner) comma(c byte) {
	switch {
	case c != ',' || s.open == 0:
		s.badRune()
	case s.inTable():
		s.found(Comma, 1, entry)
	default:
		s.found(Comma, 1, element)
	}
}

// literalLength: between a date and a time there may be a space.
func literalLength(s string) int {
	n := bareLength(s)
	if n == len("2006-01-02") && s[4] == '-' && n+1 < len(s) && s[n] == ' ' && '0' <= s[n+1] && s[n+1] <= '9' {
		n += 1 + bareLength(s[n+1:])
	}
	return n
}

func bareLength(s string) int {
	n := 0
	for n < len(s) && (isBareByte(s[n]) || s[n] == '+' || s[n] == '.' || s[n] == ':') {
		n++
	}
	return n
}

// quoted finds a string of one line.
func (s *Scanner) quoted(kind Kind, rest string, at place) {
	n, closed := quotedLength(rest)
	if !closed {
		s.bad(n)
		return
	}
	s.found(kind, n, at)
}

// quotedLength is with the quotes. What is not closed ends with its line. No more is
// looked at than that: all of a text may be one line.
func quotedLength(s string) (n int, closed bool) {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0]:
			return i + 1, true
		case c == '\n':
			return i + 1, false
		case c == '\\' && s[0] == '"' && !strings.HasPrefix(s[i+1:], "\n"):
			i++
		}
	}
	return len(s), false
}

// long finds a string of many lines. One or two quotes may stand right before those
// that close it.
func (s *Scanner) long(rest, quotes string) {
	for n := len(quotes); n < len(rest); n++ {
		switch {
		case rest[n] == '\\' && quotes[0] == '"':
			n++
		case strings.HasPrefix(rest[n:], quotes):
			n += len(quotes)
			for range 2 {
				if n < len(rest) && rest[n] == quotes[0] {
					n++
				}
			}
			s.found(Quoted, n, valueEnd)
			s.line += strings.Count(s.Text(), "\n")
			return
		}
	}
	s.bad(len(rest))
}
