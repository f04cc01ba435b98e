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
	b := builder{table: make(Table, len(written)), written: written, named: map[string]mention{}}
	for name, optional := range dependencies {
		m := isDependency
		if optional {
			m |= isOptional
		}
		b.named[name] |= m
	}
	b.parse()
	unused := ""
	for name, m := range b.named {
		if m&isOptional == 0 {
			continue
		}
		if _, taken := written[name]; !taken && m&isListed == 0 {
			b.table[name] = []Value{{Kind: Dependency, Name: name}}
		} else if m&isUsed == 0 && (unused == "" || name < unused) {
			unused = name
		}
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	if unused != "" {
		return nil, fmt.Errorf("%w: the optional dependency %q is in none", ErrFeature, unused)
	}
	return b.table, nil
}

// builder holds what features may speak of.
type builder struct {
	table   Table
	written map[string][]string
	named   map[string]mention // dependencies, and what features take for some
}

// mention is what is known of a name of dependencies.
type mention uint8

const (
	isDependency mention = 1 << iota
	isOptional           // one of its entries is
	isListed             // it is named with "dep:", and so has no feature
	isUsed               // a feature names it
)

// parse reads all values that are written, and notes the dependencies they name.
func (b *builder) parse() {
	length := 0
	for _, texts := range b.written {
		length += len(texts)
	}
	all := make([]Value, 0, length)
	for name, texts := range b.written {
		start := len(all)
		for _, text := range texts {
			v := Parse(text)
			all = append(all, v)
			switch v.Kind {
			case Plain:
			case Dependency:
				b.named[v.Name] |= isListed | isUsed
			default:
				b.named[v.Name] |= isUsed
			}
		}
		b.table[name] = all[start:len(all):len(all)]
	}
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
	m := b.named[v.Name]
	switch v.Kind {
	case Plain:
		if b.table[v.Name] == nil {
			return errors.New("it is neither a feature nor an optional dependency")
		}
		return nil
	case Dependency:
		if m&isOptional == 0 {
			return errors.New("it is no optional dependency")
		}
		return nil
	}
	switch {
	case strings.Contains(v.Feature, "/") || strings.HasPrefix(v.Name, "dep:"):
		return errors.New("it has a slash too many")
	case m&isDependency == 0 || v.Kind == WeakOf && m&isOptional == 0:
		return errors.New("it is of no such dependency")
	}
	return nil
}
