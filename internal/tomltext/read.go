package tomltext

import (
	"fmt"
	"strings"
)

// A Library reads all of TOML, into the types that BurntSushi/toml makes.
type Library func(text string) (map[string]any, error)

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

// Read reads a text, which is UTF-8, of a shape within bounds: within is asked at every
// token, and its error is returned before anything is read.
//
// The tables are made here. What a value means that is more than a plain string, a small
// number or a boolean, the library is asked, and also what is wrong with a text. It sees
// no more than to the first bad token, so that the two need to agree on what is TOML no
// further than there. Where the library takes that for TOML, or panics, the error is a
// [SyntaxError].
func Read(text string, within func(*Shape) error, library Library) (*Table, error) {
	s, shape, odd := NewScanner(text), Shape{level: 1}, &strings.Builder{}
	for s.Next() {
		shape.look(s.Token)
		if err := within(&shape); err != nil {
			return nil, err
		}
		if isOdd(s.Kind, s.Text()) {
			odd.WriteString(s.Text() + ",\n")
		}
	}
	if s.Kind != Bad {
		b := builder{Scanner: NewScanner(text), top: &Table{}}
		if b.odd = readOdd(odd.String(), library); b.document() {
			return b.top, nil
		}
		s.End, s.Line = len(text), b.Line
	}
	if _, err := askSafely(text[:s.End], library); err != nil {
		return nil, err
	}
	return nil, &SyntaxError{s.Line}
}

// readOdd has the library read a list of values; it returns none if they are not TOML.
func readOdd(list string, library Library) []any {
	if list == "" {
		return nil
	}
	values, err := askSafely("x = [\n"+list+"]", library)
	if err != nil {
		return nil
	}
	array, _ := values["x"].([]any)
	return array
}

// askSafely: BurntSushi/toml 1.6 panics where it finds itself inconsistent.
func askSafely(text string, library Library) (values map[string]any, err error) {
	defer func() {
		if recover() != nil {
			err = &SyntaxError{}
		}
	}()
	return library(text)
}

// isOdd reports whether a key or value does not plainly say what it means.
func isOdd(kind Kind, text string) bool {
	switch kind {
	case Literal:
		return text != "true" && text != "false" && !isSmallNumber(text)
	case Name, Quoted:
		quote := text[0]
		long := len(text) >= 6 && text[1] == quote && text[2] == quote
		return (quote == '"' || quote == '\'') && (long || hasControl(text) || quote == '"' && strings.Contains(text, `\`))
	}
	return false
}

// isSmallNumber: of up to 18 digits, as fit an int64.
func isSmallNumber(text string) bool {
	if len(text) > 18 || text[0] == '0' && len(text) > 1 {
		return false
	}
	return strings.Trim(text, "0123456789") == ""
}

// hasControl finds what stands nowhere in TOML, and tabs and the ends of lines only
// where it is to be asked what they mean.
func hasControl(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}
