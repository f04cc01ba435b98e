package feature

import (
	"errors"
	"fmt"
	"iter"
	"strings"
)

// Table has the values of each feature of a package, in their order, those of optional
// dependencies included that nobody wrote.
type Table map[string][]Value

// ErrFeature is matched by the errors of [NewTable].
var ErrFeature = errors.New("invalid feature")

// NewTable makes the table of a package from the features it has written and its
// dependencies: by which name it knows each, and whether it is optional. A name may be
// there several times. What Cargo takes for broken is an error that matches [ErrFeature]
// and names the feature.
func NewTable(written map[string][]string, dependencies iter.Seq2[string, bool]) (Table, error) {
	b := builder{table: make(Table, len(written)), written: written, optional: map[string]bool{}, listed: map[string]bool{}}
	for name, optional := range dependencies {
		b.optional[name] = b.optional[name] || optional
	}
	used := b.parse()
	for name, optional := range b.optional {
		if _, taken := written[name]; optional && !taken && !b.listed[name] {
			b.table[name] = []Value{{Kind: Dependency, Name: name}}
			used[name] = true
		}
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	unused := ""
	for name, optional := range b.optional {
		if optional && !used[name] && (unused == "" || name < unused) {
			unused = name
		}
	}
	if unused != "" {
		return nil, fmt.Errorf("%w: the optional dependency %q is in none", ErrFeature, unused)
	}
	return b.table, nil
}

// builder holds what features may speak of.
type builder struct {
	table    Table
	written  map[string][]string
	optional map[string]bool // every dependency, and whether one of its entries is optional
	listed   map[string]bool // those named with "dep:", which so have no feature
}

// parse reads all values that are written and returns the dependencies they name.
func (b *builder) parse() (used map[string]bool) {
	used = map[string]bool{}
	for name, texts := range b.written {
		values := make([]Value, len(texts))
		for i, text := range texts {
			v := Parse(text)
			values[i] = v
			used[v.Name] = used[v.Name] || v.Kind != Plain
			b.listed[v.Name] = b.listed[v.Name] || v.Kind == Dependency
		}
		b.table[name] = values
	}
	return used
}

// check returns what is wrong with the first feature by name of which anything is.
func (b *builder) check() (err error) {
	first := ""
	for name := range b.written {
		for _, v := range b.table[name] {
			if wrong := b.value(v); wrong != nil && (err == nil || name < first) {
				first, err = name, fmt.Errorf("%w: %q includes %q: %w", ErrFeature, name, v, wrong)
				break
			}
		}
	}
	return err
}

func (b *builder) value(v Value) error {
	optional, known := b.optional[v.Name]
	switch v.Kind {
	case Plain:
		if b.table[v.Name] == nil {
			return errors.New("it is neither a feature nor an optional dependency")
		}
		return nil
	case Dependency:
		if !optional {
			return errors.New("it is no optional dependency")
		}
		return nil
	}
	switch {
	case strings.Contains(v.Feature, "/") || strings.HasPrefix(v.Name, "dep:"):
		return errors.New("it has a slash too many")
	case !known || v.Kind == WeakOf && !optional:
		return errors.New("it is of no such dependency")
	}
	return nil
}
