package tomltext

import "fmt"

// A Shape is how large and how deep a text is, as far as it was looked at. Readers of
// TOML recurse for each level of nesting, and keep the whole path of each key: it is the
// shape, rather than the size, that says what they cost.
type Shape struct {
	Token       // the last that was looked at
	Depth   int // brackets that are open
	Dots    int // in the key or header that is being read
	Nesting int // dots of the header in force, brackets that are open, and dots of the keys they belong to
	Name    int // bytes of the header in force, once it is whole
	Tables  int // headers so far
	Values  int // keys and commas so far
	Paths   int // parts in the full names of all keys so far; a dot of a key makes a table, and counts three

	dots  [MaxDepth + 2]int // of the header, of the key behind it, and of those within brackets
	level int               // which of them is being read
	start int               // of the header
}

// look adds a token.
func (s *Shape) look(t Token) {
	s.Token = t
	switch t.Kind {
	case Header, ArrayHeader:
		s.Tables++
		s.level, s.start = 0, t.Start
		s.setDots(0)
	case HeaderEnd:
		s.Name, s.level = t.End-s.start, 1
	case Dot:
		s.setDots(s.Dots + 1)
	case Equals:
		s.addKey()
	case Comma:
		s.Values++
		s.setDots(0)
	case Newline:
		if s.Depth == 0 {
			s.setDots(0)
		}
	case ArrayOpen, TableOpen:
		s.bracket(1)
	case ArrayClose, TableClose:
		s.setDots(0)
		s.bracket(-1)
	}
}

func (s *Shape) setDots(n int) {
	s.Nesting += n - s.dots[s.level]
	s.dots[s.level], s.Dots = n, n
}

func (s *Shape) bracket(n int) {
	s.Depth, s.Nesting, s.level = s.Depth+n, s.Nesting+n, s.level+n
	s.Dots = s.dots[s.level]
}

func (s *Shape) addKey() {
	s.Values++
	keys := s.Nesting - s.Depth - s.dots[0]
	s.Paths += min(s.Tables, 1) + s.dots[0] + s.Depth + 3*keys + 1
}

// SyntaxError says that a text is not TOML.
type SyntaxError struct {
	Line int // from 1; 0 if it is not known
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return "it is no TOML that can be read"
	}
	return fmt.Sprintf("line %d is no TOML", e.Line)
}

// Read has a library read a text whose shape is within bounds: within is asked at every
// token, and its error is returned before anything is read. The library sees no more of
// the text than to the first bad token, so that the two need to agree on what is TOML no
// further than there. Where it takes that for all, or panics, the error is a [SyntaxError].
func Read(text string, within func(*Shape) error, read func(text string) error) error {
	s, shape := NewScanner(text), Shape{level: 1}
	for s.Next() {
		shape.look(s.Token)
		if err := within(&shape); err != nil {
			return err
		}
	}
	if s.Kind != Bad {
		return readSafely(text, read)
	}
	if err := readSafely(text[:s.End], read); err != nil {
		return err
	}
	return &SyntaxError{s.Line}
}

// readSafely: BurntSushi/toml 1.6 panics where it finds itself inconsistent.
func readSafely(text string, read func(text string) error) (err error) {
	defer func() {
		if recover() != nil {
			err = &SyntaxError{}
		}
	}()
	return read(text)
}
