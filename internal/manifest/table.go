package manifest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// parseTOML returns the top table of a manifest. Keys are case-sensitive for
// cargo, which the TOML library's decoding into structs is not; hence [table].
func parseTOML(file, text string) (*table, error) {
	values, err := readValues(file, text)
	if err != nil {
		return nil, err
	}
	return &table{values: values, err: new(error)}, nil
}

// A table is one table of a manifest. Its methods return zero values for keys
// that are absent, and also for values of another type, which they note in *err:
// the first such error of a file is kept. A nil table is an absent one.
type table struct {
	name   string // dotted, for errors
	values map[string]any
	err    *error
}

func (t *table) has(key string) bool {
	if t == nil {
		return false
	}
	_, ok := t.values[key]
	return ok
}

// keys returns the keys in byte order, which is the order Cargo visits them in.
func (t *table) keys() []string {
	if t == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(t.values))
}

func (t *table) str(key string) string { return value[string](t, key, "a string") }

func (t *table) boolean(key string) bool { return value[bool](t, key, "a boolean") }

func (t *table) strings(key string) []string {
	var out []string
	for _, v := range value[[]any](t, key, "an array of strings") {
		s, ok := v.(string)
		if !ok {
			t.fail(key, errors.New("expected an array of strings"))
			return nil
		}
		out = append(out, s)
	}
	return out
}

// table returns the table called key, nil if there is none.
func (t *table) table(key string) *table {
	values := value[map[string]any](t, key, "a table")
	if values == nil {
		return nil
	}
	return &table{t.path(key), values, t.err}
}

func value[T any](t *table, key, want string) T {
	var zero T
	if !t.has(key) {
		return zero
	}
	v, ok := t.values[key].(T)
	if !ok {
		t.fail(key, fmt.Errorf("expected %s", want))
	}
	return v
}

func (t *table) fail(key string, err error) {
	if *t.err == nil {
		*t.err = fmt.Errorf("key %q: %w", t.path(key), err)
	}
}

func (t *table) path(key string) string {
	if t.name == "" {
		return key
	}
	return t.name + "." + key
}
