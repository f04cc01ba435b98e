package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/internal/tomltext"

	"github.com/BurntSushi/toml"
)

// originKind says how a value reached the configuration, weakest first.
type originKind uint8

const (
	fromFile originKind = iota
	fromEnv
	fromArgument
)

// origin is where a value was written: a file found or included, an environment
// variable, or a --config argument.
type origin struct {
	kind originKind
	name string // path of a file, name of a variable, "" for KEY=VALUE
}

func (o origin) String() string {
	switch {
	case o.kind == fromEnv:
		return "environment variable " + o.name
	case o.name == "":
		return "a --config argument"
	}
	return o.name
}

// root is the folder that relative paths of the value start from: the parent of
// the folder holding the file, whatever that folder is called, and the current
// folder for values from elsewhere (spec 12.1).
func (o origin) root(cwd string) string {
	if o.kind == fromEnv || o.name == "" {
		return cwd
	}
	return parent(parent(o.name))
}

// folder is where the relative paths of `include` start from.
func (o origin) folder(cwd string) string {
	if o.kind == fromEnv || o.name == "" {
		return cwd
	}
	return parent(o.name)
}

// value is one node of the configuration. Its data is a string, bool, int64,
// []*value or map[string]*value.
type value struct {
	from origin
	data any
}

func newTable(from origin) *value { return &value{from, map[string]*value{}} }

// table returns the entries of a table, nil for all else.
func (v *value) table() map[string]*value {
	t, _ := v.data.(map[string]*value)
	return t
}

func (v *value) isContainer() bool {
	switch v.data.(type) {
	case []*value, map[string]*value:
		return true
	}
	return false
}

func (v *value) typeName() string {
	switch v.data.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case []*value:
		return "an array"
	}
	return "a table"
}

var utf8BOM = []byte("\xEF\xBB\xBF")

// parseTOML reads one configuration text. Cargo has no use for floats and dates
// and refuses a file holding one anywhere.
func parseTOML(text []byte, from origin) (*value, error) {
	text = bytes.TrimPrefix(text, utf8BOM)
	if !utf8.Valid(text) {
		return nil, errors.New("it is not UTF-8")
	}
	doc, err := tomltext.Read(string(text), checkShape, func(text string) (values map[string]any, err error) {
		_, err = toml.Decode(text, &values)
		return values, err
	})
	if err != nil {
		return nil, syntaxError(err)
	}
	return fromTOML(doc, from, nil)
}

// Bounds of nesting. The TOML library recurses into arrays and inline tables,
// and walks all parts of a dotted key for each key behind it.
const (
	maxDepth    = 80 // as in cargo's own reader
	maxKeyParts = 32 // cargo's longest keys have six
)

var errTooDeep = errors.New("it nests deeper than 80 levels, or 32 in a dotted key")

func checkShape(s *tomltext.Shape) error {
	if s.Depth > maxDepth || s.Dots >= maxKeyParts {
		return errTooDeep
	}
	return nil
}

// syntaxError says where a text stops being TOML. The library's own message
// quotes the text, which may be a token whose quotes were forgotten.
func syntaxError(err error) error {
	var at toml.ParseError
	switch {
	case errors.Is(err, errTooDeep):
		return err
	case !errors.As(err, &at):
		return errors.New("it is not valid TOML")
	}
	reason := "it is not valid TOML"
	for part, told := range map[string]string{"already been defined": "it defines a key twice", "expected '.' or '='": "a key has no '=' and value behind it"} {
		if strings.Contains(at.Message, part) {
			reason = told
		}
	}
	return fmt.Errorf("line %d, column %d: %s", at.Position.Line, at.Position.Col, reason)
}

// fromTOML recurses as deep as checkShape lets texts nest.
func fromTOML(data any, from origin, path []string) (*value, error) {
	switch data := data.(type) {
	case string, bool, int64:
		return &value{from, data}, nil
	case []any:
		return listFromTOML(data, from, path)
	case *tomltext.Table:
		return tableFromTOML(data, from, path)
	case float64:
		return nil, fmt.Errorf("key %s: cargo's configuration has no floats", dotted(path))
	}
	return nil, fmt.Errorf("key %s: cargo's configuration has no dates", dotted(path))
}

func listFromTOML(data []any, from origin, path []string) (*value, error) {
	list := make([]*value, 0, len(data))
	for _, item := range data {
		v, err := fromTOML(item, from, path)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return &value{from, list}, nil
}

func tableFromTOML(data *tomltext.Table, from origin, path []string) (*value, error) {
	table := newTable(from)
	for _, e := range data.Entries {
		v, err := fromTOML(e.Value, from, append(path, e.Key))
		if err != nil {
			return nil, err
		}
		table.table()[e.Key] = v
	}
	return table, nil
}

// merge adds src to dst as cargo does (1.95, ConfigValue::merge): tables by key,
// arrays joined with the stronger items last, scalars by strength. With
// override src is the stronger one, else dst. A table or array against anything
// else is an error; scalars may change type.
func merge(dst, src *value, override bool) error {
	return mergeAt(dst, src, override, nil)
}

func mergeAt(dst, src *value, override bool, path []string) error {
	switch old := dst.data.(type) {
	case map[string]*value:
		if table, ok := src.data.(map[string]*value); ok {
			return mergeTables(old, table, override, path)
		}
	case []*value:
		if list, ok := src.data.([]*value); ok {
			dst.data = joinLists(old, list, override, path)
			return nil
		}
	default:
		if !src.isContainer() {
			if override {
				*dst = *src
			}
			return nil
		}
	}
	return fmt.Errorf("key %s is %s in %s and %s in %s", dotted(path), dst.typeName(), dst.from, src.typeName(), src.from)
}

func mergeTables(dst, src map[string]*value, override bool, path []string) error {
	for name, v := range src {
		old, ok := dst[name]
		if !ok {
			dst[name] = v
			continue
		}
		if err := mergeAt(old, v, override, append(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func joinLists(old, list []*value, override bool, path []string) []*value {
	switch {
	case isCommand(path) && override:
		return list
	case isCommand(path):
		return old
	case override:
		return append(old, list...)
	}
	return append(list, old...)
}

// isCommand reports whether an array is a program with its arguments, which
// cargo does not join (1.95, NON_MERGEABLE_LISTS).
func isCommand(path []string) bool {
	return slices.ContainsFunc([][]string{
		{"credential-alias", "*"}, {"doc", "browser"}, {"host", "runner"}, {"registries", "*", "credential-provider"},
		{"registry", "credential-provider"}, {"target", "*", "runner"},
	}, func(pattern []string) bool {
		return slices.EqualFunc(pattern, path, func(want, got string) bool { return want == "*" || want == got })
	})
}

// dotted prints a key path as TOML has it, for messages: user info in names that
// are URLs is left out.
func dotted(path []string) string {
	parts := make([]string, len(path))
	for i, p := range path {
		parts[i] = tomltext.Key(crate.Redact(p))
	}
	return strings.Join(parts, ".")
}
