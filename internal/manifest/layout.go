package manifest

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A layout says where in a TOML text the parts of a value are.
type layout struct {
	line     int                // of the first mention of its key
	keys     []string           // of a table, in the order of first mention
	below    map[string]*layout // of a table, by key
	elements []*layout          // of an array
	literal  string             // of a date, number or boolean, as written
}

// readLayout returns the layout of a text that is known to be TOML. Of another
// text it returns some layout.
func readLayout(text string) *layout {
	top := &layout{}
	s := layoutScan{text: strings.TrimPrefix(text, "\ufeff"), line: 1}
	table := top
	for s.skipBlank(); s.pos < len(s.text); s.skipBlank() {
		if s.peek() == '[' {
			table = s.header(top)
		} else {
			s.keyValue(table)
		}
	}
	return top
}

type layoutScan struct {
	text string
	pos  int
	line int
}

func (s *layoutScan) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *layoutScan) advance() {
	if s.peek() == '\n' {
		s.line++
	}
	s.pos++
}

// accept passes c if it is next.
func (s *layoutScan) accept(c byte) bool {
	if s.peek() != c || s.pos >= len(s.text) {
		return false
	}
	s.advance()
	return true
}

// skipBlank passes white space, line ends and comments.
func (s *layoutScan) skipBlank() {
	for s.pos < len(s.text) {
		switch s.peek() {
		case ' ', '\t', '\r', '\n':
			s.advance()
		case '#':
			s.pos += indexOr(s.text[s.pos:], "\n")
		default:
			return
		}
	}
}

func (s *layoutScan) skipSpace() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.advance()
	}
}

// indexOr returns the index of mark in s, or the length of s.
func indexOr(s, mark string) int {
	if i := strings.Index(s, mark); i >= 0 {
		return i
	}
	return len(s)
}

// header reads [a.b] or [[a.b]] and returns the table that it opens.
func (s *layoutScan) header(top *layout) *layout {
	line := s.line
	s.advance()
	element := s.accept('[')
	table := top
	for _, key := range s.path() {
		table = table.last().child(key, line)
	}
	if element {
		table.elements = append(table.elements, &layout{line: line})
		s.accept(']')
	}
	s.accept(']')
	return table.last()
}

// last returns the newest element of an array, and anything else itself.
func (l *layout) last() *layout {
	if len(l.elements) > 0 {
		return l.elements[len(l.elements)-1]
	}
	return l
}

func (l *layout) child(key string, line int) *layout {
	if c := l.below[key]; c != nil {
		return c
	}
	if l.below == nil {
		l.below = map[string]*layout{}
	}
	c := &layout{line: line}
	l.keys, l.below[key] = append(l.keys, key), c
	return c
}

func (s *layoutScan) keyValue(table *layout) {
	line, before := s.line, s.pos
	for _, key := range s.path() {
		table = table.child(key, line)
	}
	s.accept('=')
	s.skipSpace()
	s.value(table)
	if s.pos == before { // not TOML
		s.advance()
	}
}

// path reads a dotted key and the space after it.
func (s *layoutScan) path() []string {
	var keys []string
	for {
		s.skipSpace()
		keys = append(keys, s.key())
		s.skipSpace()
		if !s.accept('.') {
			return keys
		}
	}
}

func (s *layoutScan) key() string {
	if c := s.peek(); c == '"' || c == '\'' {
		return s.quoted()
	}
	rest := s.text[s.pos:]
	n := strings.IndexFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t\r\n.=]}", r) })
	if n < 0 {
		n = len(rest)
	}
	s.pos += n
	return rest[:n]
}

// quoted reads a one-line string.
func (s *layoutScan) quoted() string {
	quote, start := s.peek(), s.pos+1
	for s.pos++; s.pos < len(s.text) && s.text[s.pos] != quote; s.pos++ {
		if s.text[s.pos] == '\\' && quote == '"' {
			s.pos++
		}
	}
	inside := s.text[min(start, len(s.text)):min(s.pos, len(s.text))]
	s.pos++
	if quote == '\'' {
		return inside
	}
	return unescape(inside)
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

// value passes a value and notes what is in it.
func (s *layoutScan) value(l *layout) {
	switch s.peek() {
	case '"', '\'':
		s.skipText()
	case '[':
		s.array(l)
	case '{':
		s.inlineTable(l)
	default:
		rest := s.text[s.pos:]
		n := strings.IndexAny(rest, ",]}#\r\n")
		if n < 0 {
			n = len(rest)
		}
		l.literal = strings.TrimRight(rest[:n], " \t")
		s.pos += n
	}
}

func (s *layoutScan) array(l *layout) {
	s.advance()
	for s.skipBlank(); s.pos < len(s.text) && !s.accept(']'); s.skipBlank() {
		element := &layout{line: s.line}
		s.step(func() { s.value(element) })
		l.elements = append(l.elements, element)
	}
}

func (s *layoutScan) inlineTable(l *layout) {
	s.advance()
	for s.skipBlank(); s.pos < len(s.text) && !s.accept('}'); s.skipBlank() {
		s.step(func() { s.inlineKeyValue(l) })
	}
}

func (s *layoutScan) inlineKeyValue(table *layout) {
	line := s.line
	for _, key := range s.path() {
		table = table.child(key, line)
	}
	s.accept('=')
	s.skipBlank()
	s.value(table)
}

// step reads one part of a list and the comma after it, and always moves on.
func (s *layoutScan) step(read func()) {
	before := s.pos
	read()
	s.skipBlank()
	s.accept(',')
	if s.pos == before {
		s.advance()
	}
}

// skipText passes a string of any kind.
func (s *layoutScan) skipText() {
	quote := s.text[s.pos]
	mark := strings.Repeat(string(quote), 3)
	if !strings.HasPrefix(s.text[s.pos:], mark) {
		s.quoted()
		return
	}
	n := nestingScan{text: s.text, pos: s.pos + len(mark)}
	n.skipLong(mark)
	end := min(n.pos, len(s.text))
	s.line += strings.Count(s.text[s.pos:end], "\n")
	s.pos = end
}
