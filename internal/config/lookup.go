package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// key is a configuration key with the name of the variable that can set it.
type key struct {
	path []string
	env  string
}

// newKey returns the key of a path. In the variable's name every part is in
// upper case with '-' as '_'.
func newKey(path ...string) key {
	k := key{env: "CARGO"}
	for _, part := range path {
		k = k.child(part)
	}
	return k
}

func (k key) child(part string) key {
	return key{append(slices.Clip(k.path), part), k.env + "_" + envName(part)}
}

// entry is child for the tables whose keys the user chooses: there cargo puts
// the part into the variable's name unchanged (1.95, push_sensitive).
func (k key) entry(part string) key {
	return key{append(slices.Clip(k.path), part), k.env + "_" + part}
}

func envName(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "-", "_")) }

// environment holds the variables cargo's configuration can come from.
type environment struct {
	values     map[string]string
	normalized map[string]string // name as it should be written → as it is
}

// newEnvironment drops what is not UTF-8, as cargo does.
func newEnvironment(environ []string) environment {
	env := environment{map[string]string{}, map[string]string{}}
	for _, entry := range environ {
		name, val, ok := strings.Cut(entry, "=")
		if upper := envName(name); ok && strings.HasPrefix(upper, "CARGO_") && utf8.ValidString(entry) {
			env.values[name] = val
			env.normalized[upper] = name
		}
	}
	return env
}

// below returns the first of the variables that set something in the table of a key, "" if
// none does.
func (e environment) below(k key) string {
	first := ""
	for name := range e.values {
		if strings.HasPrefix(name, k.env+"_") && (first == "" || name < first) {
			first = name
		}
	}
	return first
}

// setting is a scalar found in the configuration. Its zero value stands for a
// key that is not set.
type setting[T any] struct {
	value T
	from  origin
	set   bool
}

// lookup finds a scalar of type T. An argument is stronger than the variable,
// the variable is stronger than a file; but a wrong type in a file is an error
// even then.
func lookup[T string | bool | int64](c *Config, k key, parse func(string) (T, error)) (setting[T], error) {
	var found setting[T]
	v, err := c.find(k)
	if err != nil {
		return found, err
	}
	if v != nil {
		data, ok := v.data.(T)
		if !ok {
			return found, fmt.Errorf("key %s is %s, not %s (in %s)", dotted(k.path), v.typeName(), typeName(data), v.from)
		}
		found = setting[T]{data, v.from, true}
	}
	text, ok := c.env.values[k.env]
	if !ok {
		c.warnMisspelt(k)
	}
	if !ok || found.set && found.from.kind == fromArgument {
		return found, nil
	}
	from := origin{fromEnv, k.env}
	data, err := parse(text)
	if err != nil {
		return setting[T]{}, fmt.Errorf("%s: %w", from, err)
	}
	return setting[T]{data, from, true}, nil
}

func typeName(data any) string { return (&value{data: data}).typeName() }

func (c *Config) text(k key) (setting[string], error) {
	return lookup(c, k, func(s string) (string, error) { return s, nil })
}

func (c *Config) boolean(k key) (setting[bool], error) {
	return lookup(c, k, func(s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, fmt.Errorf("%q is neither true nor false", s)
		}
		return s == "true", nil
	})
}

func (c *Config) integer(k key) (setting[int64], error) {
	return lookup(c, k, func(s string) (int64, error) {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is not an integer", s)
		}
		return n, nil
	})
}

// find returns the value of a key in the merged files and arguments, nil if it
// has none.
func (c *Config) find(k key) (*value, error) {
	v := c.root
	for i, part := range k.path {
		table, ok := v.data.(map[string]*value)
		if !ok {
			return nil, fmt.Errorf("key %s is %s, not a table (in %s)", dotted(k.path[:i]), v.typeName(), v.from)
		}
		if v = table[part]; v == nil {
			return nil, nil
		}
	}
	return v, nil
}

// findTable returns the entries of a table, nil if the key is not set.
func (c *Config) findTable(k key) (map[string]*value, error) {
	v, err := c.find(k)
	if v == nil || err != nil {
		return nil, err
	}
	if v.table() == nil {
		return nil, fmt.Errorf("key %s is %s, not a table (in %s)", dotted(k.path), v.typeName(), v.from)
	}
	return v.table(), nil
}

func (c *Config) warnMisspelt(k key) {
	if name, ok := c.env.normalized[k.env]; ok {
		c.warn("environment variables are expected in upper case with underscores: %q has no effect", name)
	}
}

func (c *Config) warn(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !c.warned[text] {
		c.warned[text] = true
		c.warnings = append(c.warnings, text)
	}
}
