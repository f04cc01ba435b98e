package manifest

import "cargohome/internal/tomltext"

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
	s, top := layoutScan{tomltext.NewScanner(text)}, &layout{}
	table := top
	for s.Next() {
		switch s.Kind {
		case tomltext.Header, tomltext.ArrayHeader:
			table = s.header(top)
		case tomltext.Name:
			s.keyValue(table)
		}
	}
	return top
}

type layoutScan struct{ *tomltext.Scanner }

// header reads [a.b] or [[a.b]] and returns the table that it opens.
func (s *layoutScan) header(top *layout) *layout {
	line, element := s.Line, s.Kind == tomltext.ArrayHeader
	s.Next()
	table := top
	for _, key := range s.Path() {
		table = table.last().child(key, line)
	}
	if element {
		table.elements = append(table.elements, &layout{line: line})
	}
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
	line := s.Line
	for _, key := range s.Path() {
		table = table.child(key, line)
	}
	s.Next() // behind the equals sign
	s.value(table)
}

// value passes a value and notes what is in it.
func (s *layoutScan) value(l *layout) {
	switch s.Kind {
	case tomltext.Literal:
		l.literal = s.Text()
	case tomltext.ArrayOpen:
		for s.Next() && s.Kind != tomltext.ArrayClose {
			s.element(l)
		}
	case tomltext.TableOpen:
		for s.Next() && s.Kind != tomltext.TableClose {
			if s.Kind == tomltext.Name {
				s.keyValue(l)
			}
		}
	}
}

func (s *layoutScan) element(array *layout) {
	switch s.Kind {
	case tomltext.Newline, tomltext.Comment, tomltext.Comma:
		return
	}
	l := &layout{line: s.Line}
	s.value(l)
	array.elements = append(array.elements, l)
}
