package manifest

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"cargohome/internal/tomltext"
)

// maxNesting bounds how deep values and dotted keys of a manifest may nest in
// sum. Cargo's reader stops at 80 levels; no manifest comes near either.
const maxNesting = 32

// maxPaths bounds the lengths of the paths of all keys together, in parts: the TOML
// library keeps them, and at ten bytes of text a key may otherwise cost 2 KiB.
const maxPaths = 1 << 19

func checkShape(s *tomltext.Shape) error {
	switch {
	case s.Nesting > maxNesting:
		return &LimitError{"levels of nesting", maxNesting}
	case s.Paths > maxPaths:
		return &LimitError{"parts in the paths of all keys", maxPaths}
	}
	return nil
}

var errEncoding = errors.New("it is not UTF-8")

// readSource parses a manifest; file serves for errors only.
//
// BUG: the library refuses times in a leap second, which Cargo takes.
func readSource(file, text string) (*tomltext.Table, error) {
	if !utf8.ValidString(text) {
		return nil, &SyntaxError{file, lineNotUTF8(text), errEncoding}
	}
	values, err := tomltext.Read(text, checkShape, decodeTOML)
	if _, limit := errors.AsType[*LimitError](err); limit {
		return nil, fmt.Errorf("manifest %q: %w", file, err)
	}
	if parse, ok := errors.AsType[toml.ParseError](err); ok {
		return nil, &SyntaxError{file, parse.Position.Line, errors.New(parse.Message)}
	}
	if err != nil {
		return nil, &SyntaxError{file, 0, err}
	}
	return values, nil
}

func decodeTOML(text string) (values map[string]any, err error) {
	_, err = toml.Decode(text, &values)
	return values, err
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
