package tomltext

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
