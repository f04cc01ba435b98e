package config

import (
	"errors"
	"iter"
	"strings"

	"github.com/BurntSushi/toml"
)

// Bounds of nesting. The TOML library recurses into arrays and inline tables,
// and walks all parts of a dotted key for each key behind it.
const (
	maxDepth    = 80 // as in cargo's own reader
	maxKeyParts = 32 // cargo's longest keys have six
)

var errTooDeep = errors.New("it nests deeper than 80 levels, or 32 in a dotted key")

type statementKind uint8

const (
	blank statementKind = iota
	comment
	header      // [a.b]
	arrayHeader // [[a.b]]
	keyValue    // a.b = …
)

// statement is one top-level unit of a TOML text: a line, or the lines over
// which a value extends.
type statement struct {
	kind       statementKind
	start, end int // bytes, the newline at the end included
	line       int // of its start, counted from 1
	key        []string
	value      int  // where the value of a keyValue starts
	commented  bool // a comment stands inside or behind it
}

// scanner splits TOML text into statements. It knows quotes, brackets and
// comments but does not check grammar; the TOML library does that. It serves
// two ends: to say where in a file a table stands, which the library cannot,
// and to bound nesting before the library sees the text.
type scanner struct {
	text      string
	pos, line int
}

// statements yields the statements of text in order, without gaps. After an
// error, always errTooDeep, nothing more comes.
func statements(text string) iter.Seq2[statement, error] {
	return func(yield func(statement, error) bool) {
		s := scanner{text: text, line: 1}
		for s.pos < len(text) {
			st, err := s.next()
			if !yield(st, err) || err != nil {
				return
			}
		}
	}
}

// checkDepth reports whether text stays within maxDepth.
func checkDepth(text string) error {
	for _, err := range statements(text) {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) next() (st statement, err error) {
	st = statement{start: s.pos, line: s.line}
	s.skipSpace()
	switch s.peek() {
	case '\n', '\r', 0:
	case '#':
		st.kind = comment
	case '[':
		err = s.header(&st)
	default:
		err = s.keyValue(&st)
	}
	st.commented = s.restOfLine() || st.commented
	st.end = s.pos
	s.line += strings.Count(s.text[st.start:st.end], "\n")
	return st, err
}

func (s *scanner) header(st *statement) (err error) {
	st.kind = header
	s.pos++
	if s.peek() == '[' {
		st.kind = arrayHeader
		s.pos++
	}
	st.key, err = s.key()
	return err
}

func (s *scanner) keyValue(st *statement) (err error) {
	st.kind = keyValue
	if st.key, err = s.key(); err != nil {
		return err
	}
	if s.peek() == '=' {
		s.pos++
	}
	s.skipSpace()
	st.value = s.pos
	st.commented, err = s.skipValue()
	return err
}

// key reads the parts of a dotted key and leaves pos behind it.
func (s *scanner) key() ([]string, error) {
	var parts []string
	for {
		s.skipSpace()
		parts = append(parts, s.keyPart())
		s.skipSpace()
		if s.peek() != '.' {
			return parts, nil
		}
		if len(parts) == maxKeyParts {
			return nil, errTooDeep
		}
		s.pos++
	}
}

func (s *scanner) keyPart() string {
	start := s.pos
	if c := s.peek(); c == '"' || c == '\'' {
		s.skipString()
		return unquote(s.text[start:s.pos])
	}
	n := strings.IndexAny(s.text[start:], " \t.=]#\r\n\"'")
	if n < 0 {
		n = len(s.text) - start
	}
	s.pos += n
	return s.text[start:s.pos]
}

// unquote returns what a quoted key part means; text that is not one is
// returned as it is.
func unquote(quoted string) string {
	if inner := strings.Trim(quoted, quoted[:1]); !strings.Contains(inner, `\`) && len(quoted) == len(inner)+2 {
		return inner
	}
	var doc map[string]string
	if _, err := toml.Decode("k = "+quoted, &doc); err != nil {
		return quoted
	}
	return doc["k"]
}

// skipValue stops at the newline or comment that ends the value, or at the end
// of the text. It reports whether a comment stands inside.
func (s *scanner) skipValue() (commented bool, err error) {
	depth, dots := 0, 0
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case '"', '\'':
			s.skipString()
			continue
		case '[', '{':
			depth, dots = depth+1, 0
		case ']', '}':
			depth--
		case ',', '=':
			dots = 0
		case '.':
			dots++
		case '\n', '#':
			if depth <= 0 {
				return commented, nil
			}
			commented, dots = commented || c == '#', 0
			s.skipComment()
		}
		if depth > maxDepth || dots >= maxKeyParts {
			return commented, errTooDeep
		}
		s.pos++
	}
	return commented, nil
}

// skipComment moves from a '#' to the last byte before the newline; elsewhere it
// does nothing.
func (s *scanner) skipComment() {
	if s.text[s.pos] != '#' {
		return
	}
	n := strings.IndexByte(s.text[s.pos:], '\n')
	if n < 0 {
		n = len(s.text) - s.pos
	}
	s.pos += n - 1
}

// skipString moves behind a string of any of the four forms. One that is not
// closed ends with its line, or with the text in the multi-line forms.
func (s *scanner) skipString() {
	quote := s.text[s.pos : s.pos+1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(s.text[s.pos:], long) {
		s.skipLongString(long)
		return
	}
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == quote[0]:
			s.pos++
			return
		case c == '\n':
			return
		case c == '\\' && quote == `"` && s.pos+1 < len(s.text) && s.text[s.pos+1] != '\n':
			s.pos++
		}
	}
}

// skipLongString: up to two quotes may stand right before the closing three.
func (s *scanner) skipLongString(long string) {
	for s.pos += 3; s.pos < len(s.text); s.pos++ {
		switch {
		case s.text[s.pos] == '\\' && long[0] == '"':
			s.pos++
		case strings.HasPrefix(s.text[s.pos:], long):
			s.pos += 3
			for range 2 {
				if s.peek() == long[0] {
					s.pos++
				}
			}
			return
		}
	}
	s.pos = len(s.text)
}

// restOfLine moves behind the next newline and reports whether a comment was
// passed.
func (s *scanner) restOfLine() bool {
	rest := s.text[s.pos:]
	if n := strings.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n+1]
	}
	s.pos += len(rest)
	return strings.Contains(rest, "#")
}

func (s *scanner) skipSpace() {
	for c := s.peek(); c == ' ' || c == '\t'; c = s.peek() {
		s.pos++
	}
}

// peek returns 0 at the end of the text.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}
