package manifest

import "strings"

// maxNesting bounds how deep values and dotted keys of a manifest may nest in
// sum. The TOML library recurses without bound, so that a file of brackets
// alone would overflow the stack, and keeps the whole path of every key, so that
// deep paths cost memory with every key below them. Cargo's reader stops at 80
// levels; no manifest comes near either.
const maxNesting = 32

// maxPaths bounds the lengths of the paths of all keys together, in parts, for
// the same reason: at ten bytes of text a key may otherwise cost 2 KiB.
const maxPaths = 1 << 19

// checkNesting looks over a TOML text without parsing it. It reads strings,
// comments and brackets as a parser would up to the first syntax error, which is
// as far as a parser goes.
func checkNesting(text string) error {
	s := nestingScan{text: text}
	for s.pos < len(s.text) {
		s.step()
		if s.depth() > maxNesting {
			return &LimitError{"levels of nesting", maxNesting}
		}
		if s.paths > maxPaths {
			return &LimitError{"parts in the paths of all keys", maxPaths}
		}
	}
	return nil
}

type nestingScan struct {
	text   string
	pos    int
	header int                 // dots in the [table] header in force
	inHead bool                // within a header
	open   int                 // brackets open in the value
	dots   [maxNesting + 2]int // dots since the last key began, for each open bracket
	sum    int                 // of dots
	paths  int                 // the lengths of the paths of all keys so far
	midway bool                // something of a line outside brackets has been seen
}

func (s *nestingScan) depth() int { return s.header + s.open + s.sum }

// step takes one token: a string, a comment or a single character.
func (s *nestingScan) step() {
	c := s.text[s.pos]
	begins := !s.midway && s.open == 0
	s.midway = s.midway || c != ' ' && c != '\t'
	switch {
	case c == '"' || c == '\'':
		s.skipString(c)
		return
	case c == '#':
		s.skipTo("\n")
		return
	case c == '\n':
		s.newline()
	case c == '[' && begins:
		s.header, s.inHead = 0, true
	case s.inHead:
		if c == '.' {
			s.header++
		}
	default:
		s.value(c)
	}
	s.pos++
}

func (s *nestingScan) newline() {
	s.setDots(0)
	if s.open == 0 {
		s.midway, s.inHead = false, false
	}
}

func (s *nestingScan) value(c byte) {
	switch c {
	case '[', '{':
		s.open++
	case ']', '}':
		s.setDots(0)
		s.open = max(s.open-1, 0)
	case ',':
		s.setDots(0)
	case '.':
		s.setDots(s.dots[s.open] + 1)
	case '=':
		s.paths += s.depth() + 1
	}
}

func (s *nestingScan) setDots(n int) {
	s.sum += n - s.dots[s.open]
	s.dots[s.open] = n
}

func (s *nestingScan) skipString(quote byte) {
	if mark := strings.Repeat(string(quote), 3); strings.HasPrefix(s.text[s.pos:], mark) {
		s.pos += len(mark)
		s.skipLong(mark)
		return
	}
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '\\' && quote == '"':
			s.pos++
		case c == quote:
			s.pos++
			return
		case c == '\n': // a syntax error
			return
		}
	}
}

// skipLong passes the end of a multi-line string, which may have up to two
// quotes of its own before the mark.
func (s *nestingScan) skipLong(mark string) {
	for s.pos < len(s.text) && !strings.HasPrefix(s.text[s.pos:], mark) {
		if s.text[s.pos] == '\\' && mark[0] == '"' {
			s.pos++
		}
		s.pos++
	}
	s.pos += len(mark)
	for range 2 {
		if s.pos < len(s.text) && s.text[s.pos] == mark[0] {
			s.pos++
		}
	}
}

// skipTo stops at the mark.
func (s *nestingScan) skipTo(mark string) {
	if i := strings.Index(s.text[s.pos:], mark); i >= 0 {
		s.pos += i
		return
	}
	s.pos = len(s.text)
}
