package manifest

import (
	"errors"
	"fmt"

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

// readValues has the TOML library read a manifest; file serves for errors only.
func readValues(file, text string) (values map[string]any, err error) {
	err = tomltext.Read(text, checkShape, func(text string) error {
		_, err := toml.Decode(text, &values)
		return err
	})
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
