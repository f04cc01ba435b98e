package lockfile

import (
	"bytes"
	"errors"
	"fmt"
)

// The TOML library recurses once for each level of nesting, and for each key
// stores the whole path to it: 20 MB of '[' end the process with a stack
// overflow that nothing can catch, and a table with a name of a megabyte costs a
// megabyte for each of its keys (BurntSushi/toml 1.6). These bounds on the shape
// of the text keep its cost linear in the size.
const (
	maxSize   = 64 << 20 // bytes; 100,000 packages take about 30 MB, the largest projects known 1 MB
	maxValues = 2 << 20  // '=' and ',' outside of strings, each about 250 bytes of memory; a package has about 11
	maxParts  = 5 << 18  // of the full names of all keys, each about 330 bytes of memory; a package has about 10
	maxTables = 1 << 18  // headers, each about 600 bytes of memory; a package has one
	maxDepth  = 8        // open brackets; Cargo writes two
	maxDots   = 8        // on one line, outside of strings; Cargo writes one
	maxHeader = 128      // bytes of a line with a table's name
	maxName   = 255      // bytes of a name or version; both become parts of file names
	maxSource = 4 << 10  // bytes of a source, which is printed for each package
)

// checkBounds reads the text as far as to tell strings and comments from the
// rest. Where that is not TOML, the library will say so: it is only necessary
// to agree with it up to there.
func checkBounds(data []byte) error {
	if len(data) > maxSize {
		return fmt.Errorf("the file is larger than %d MiB", maxSize>>20)
	}
	s := shape{data: data, line: 1}
	for s.pos < len(data) {
		if err := s.step(); err != nil {
			return &lineError{s.line, err}
		}
	}
	return nil
}

type shape struct {
	data      []byte
	pos, line int
	depth     int
	dots      int  // on this line
	inLine    bool // something but white space was on this line
	inHeader  bool // the line began with a bracket
	values    int
	tables    int // headers so far
	header    int // parts of the one in force
	parts     int
}

func (s *shape) step() error {
	c := s.data[s.pos]
	first := !s.inLine
	s.inLine = s.inLine || c > ' '
	switch c {
	case '\n':
		s.newline()
	case '#':
		s.pos += lineLength(s.data[s.pos:])
		return nil // the line feed is the next step
	case '"', '\'':
		s.skipString(c)
		return nil
	case '[':
		if first && s.depth == 0 {
			if lineLength(s.data[s.pos:]) > maxHeader {
				return errors.New("the name of a table is too long")
			}
			s.tables, s.inHeader = s.tables+1, true
		}
		s.depth++
	case ']':
		s.depth = max(0, s.depth-1)
	case '.':
		s.dots++
	case '=':
		s.values++
		s.parts += s.header + 3*s.dots + 1 // each dot of a key makes a table
	case ',':
		s.values++
	case '{':
		return errors.New("an inline table has no place in a lock file")
	}
	s.pos++
	return s.check()
}

func (s *shape) newline() {
	if s.inHeader {
		s.header = s.dots + 1
	}
	s.line++
	s.dots, s.inLine, s.inHeader = 0, false, false
}

func (s *shape) check() error {
	switch {
	case s.depth > maxDepth:
		return errors.New("arrays are nested too deep")
	case s.dots > maxDots:
		return errors.New("a key has too many parts")
	case s.values > maxValues:
		return errors.New("the file has too many values")
	case s.parts > maxParts || s.tables > maxTables:
		return errors.New("the file has too many keys")
	}
	return nil
}

// skipString moves behind the string that starts here; three quotes open one
// of many lines.
func (s *shape) skipString(quote byte) {
	if !s.threeQuotes(quote) {
		s.pos += stringLength(s.data[s.pos:], quote)
		return
	}
	start := s.pos
	s.pos += 3
	for s.pos < len(s.data) && !s.threeQuotes(quote) {
		if s.data[s.pos] == '\\' && quote == '"' {
			s.pos++
		}
		s.pos++
	}
	s.pos = min(s.pos+3, len(s.data))
	for s.pos < len(s.data) && s.data[s.pos] == quote {
		s.pos++ // one or two quotes may be the last of the text
	}
	s.line += bytes.Count(s.data[start:s.pos], []byte("\n"))
}

func (s *shape) threeQuotes(quote byte) bool {
	rest := s.data[s.pos:]
	return len(rest) >= 3 && rest[0] == quote && rest[1] == quote && rest[2] == quote
}

// stringLength is the length of a string of one line, with its quotes. One that
// is not closed ends with the line. No more is looked at than that: all of a file may
// be one line.
func stringLength(data []byte, quote byte) int {
	for i := 1; i < len(data); i++ {
		switch {
		case data[i] == quote:
			return i + 1
		case data[i] == '\n':
			return i
		case data[i] == '\\' && quote == '"':
			i++
		}
	}
	return len(data)
}

func lineLength(data []byte) int {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i
	}
	return len(data)
}
