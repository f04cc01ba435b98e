package tomltext

import "iter"

// A Statement is what a TOML text is made of: one line, or the lines over which a value
// extends.
type Statement struct {
	// Kind is that of its first token: Name, Header, ArrayHeader, Comment, or Newline if
	// there is nothing. It is Bad if there is such a token in it.
	Kind Kind
	// Start and End are in bytes, the newline at the end included. Statements lie end to
	// end.
	Start, End int
	Line       int      // that Start is in, from 1; of a Bad one, that of the bad token
	Key        []string // of a key or header, by its parts
	Value      Token    // of a key, the first
	Commented  bool     // a comment stands inside or behind it
}

// Statements yields the statements of text in order. What follows on a bad one is not
// known. Nothing is read before it is asked for.
func Statements(text string) iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		s, at := NewScanner(text), 0
		for s.Next() {
			st := s.statement(at)
			if at = st.End; !yield(st) || st.Kind == Bad {
				return
			}
		}
		if at < len(text) {
			yield(Statement{Kind: Newline, Start: at, End: len(text), Line: s.line})
		}
	}
}

// statement reads that which begins with the scanner's token.
func (s *Scanner) statement(start int) Statement {
	st := Statement{Kind: s.Kind, Start: start, Line: s.Line}
	switch s.Kind {
	case Header, ArrayHeader:
		s.Next()
		st.Key = s.Path()
	case Name:
		st.Key = s.Path()
		s.Next()
		st.Value = s.Token
	}
	for s.Kind != Newline || s.open > 0 {
		st.Commented = st.Commented || s.Kind == Comment
		if s.Kind == Bad {
			st.Kind, st.Line = Bad, s.Line
		}
		if !s.Next() {
			st.End = len(s.text)
			return st
		}
	}
	st.End = s.End
	return st
}

// Path reads the rest of a dotted key, from the part that the scanner stands at, and
// returns what its parts mean. The scanner then stands at what follows on the key.
func (s *Scanner) Path() (path []string) {
	for s.Kind == Name || s.Kind == Dot {
		if s.Kind == Name {
			path = append(path, unquote(s.Text()))
		}
		s.Next()
	}
	return path
}
