package manifest

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"cargohome/internal/tomltext"
)

var errEncoding = errors.New("it is not UTF-8")

// readSource parses a manifest into tables that keep the order, the lines and the
// exact dates of the text, which the TOML library does not tell: it decides what
// is TOML and what the values are, and a [layout] of the same text adds the rest.
//
// BUG: the library refuses times in a leap second, which Cargo takes.
func readSource(file, text string) (*tomltext.Table, error) {
	if !utf8.ValidString(text) {
		return nil, &SyntaxError{file, lineNotUTF8(text), errEncoding}
	}
	values, err := readValues(file, text)
	if err != nil {
		return nil, err
	}
	source, err := arrange(values, readLayout(text))
	if err != nil {
		return nil, &SyntaxError{file, 0, err}
	}
	return source.(*tomltext.Table), nil
}

// lineNotUTF8 returns the first line that is not.
func lineNotUTF8(text string) int {
	line := 1
	for part := range strings.Lines(text) {
		if !utf8.ValidString(part) {
			break
		}
		line++
	}
	return line
}

// errLayout means that the library reads a text otherwise than we do.
var errLayout = errors.New("the order of its keys is not clear")

// arrange puts a value of the TOML library into the order of its layout.
func arrange(v any, l *layout) (any, error) {
	if l == nil {
		return nil, errLayout
	}
	switch v := v.(type) {
	case map[string]any:
		return arrangeTable(v, l)
	case []map[string]any:
		return arrangeArray(v, l)
	case []any:
		return arrangeArray(v, l)
	case time.Time:
		return tomltext.Datetime(printDatetime(l.literal)), nil
	}
	return v, nil
}

func arrangeTable(values map[string]any, l *layout) (any, error) {
	if len(l.keys) != len(values) {
		return nil, errLayout
	}
	t := &tomltext.Table{Entries: make([]tomltext.Entry, 0, len(values))}
	for _, key := range l.keys {
		v, ok := values[key]
		if !ok {
			return nil, errLayout
		}
		v, err := arrange(v, l.below[key])
		if err != nil {
			return nil, err
		}
		t.Entries = append(t.Entries, tomltext.Entry{Key: key, Value: v, Line: l.below[key].line})
	}
	return t, nil
}

func arrangeArray[T any](values []T, l *layout) (any, error) {
	if len(l.elements) != len(values) {
		return nil, errLayout
	}
	out := make([]any, 0, len(values))
	for i, v := range values {
		v, err := arrange(v, l.elements[i])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
