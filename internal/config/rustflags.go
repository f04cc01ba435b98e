package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rustflags returns the arguments that cargo gives rustc for what it builds for a target:
// those of the variables CARGO_ENCODED_RUSTFLAGS or RUSTFLAGS, which env looks up, or of
// [target.TRIPLE] and of each [target.'cfg(…)'] that on takes, or else of [build] (cargo
// 1.95: core/compiler/build_context/target_info.rs, extra_args).
func (c *Config) Rustflags(env func(name string) (string, bool), triple string, on func(platform string) bool) ([]string, error) {
	if text, ok := env("CARGO_ENCODED_RUSTFLAGS"); ok {
		return slices.DeleteFunc(strings.Split(text, "\x1f"), func(string) bool { return text == "" }), nil
	}
	if text, ok := env("RUSTFLAGS"); ok {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }), nil
	}
	flags, err := c.targetFlags(triple, on)
	if err != nil || len(flags) > 0 {
		return flags, err
	}
	return c.words(newKey("build", "rustflags"))
}

func (c *Config) targetFlags(triple string, on func(platform string) bool) ([]string, error) {
	flags, err := c.words(newKey("target", triple, "rustflags"))
	if err != nil {
		return nil, err
	}
	tables, err := c.findTable(newKey("target"))
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		if !strings.HasPrefix(name, "cfg(") || !on(name) {
			continue
		}
		more, err := c.words(newKey("target").entry(name).child("rustflags"))
		if err != nil {
			return nil, err
		}
		flags = append(flags, more...)
	}
	return flags, nil
}

// words returns a list of strings, which may be written as one with spaces between. What
// the variable says comes behind what files say.
func (c *Config) words(k key) ([]string, error) {
	v, err := c.find(k)
	if err != nil {
		return nil, err
	}
	var list []string
	if v != nil {
		if list, err = v.words(k); err != nil {
			return nil, err
		}
	}
	text, ok := c.env.values[k.env]
	if !ok {
		c.warnMisspelt(k)
	}
	return append(list, strings.Fields(text)...), nil
}

func (v *value) words(k key) ([]string, error) {
	var list []string
	switch data := v.data.(type) {
	case string:
		return strings.Fields(data), nil
	case []*value:
		for _, e := range data {
			text, ok := e.data.(string)
			if !ok {
				return nil, fmt.Errorf("key %s has %s among its strings (in %s)", dotted(k.path), e.typeName(), e.from)
			}
			list = append(list, text)
		}
		return list, nil
	}
	return nil, fmt.Errorf("key %s is %s, neither a string nor a list of them (in %s)", dotted(k.path), v.typeName(), v.from)
}
