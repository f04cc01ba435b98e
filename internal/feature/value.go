package feature

import "strings"

// Value is one thing that a feature turns on. It is comparable.
type Value struct {
	Kind    Kind   // of thing
	Name    string // of a feature, or by which the package knows the dependency
	Feature string // of the dependency, for Of and WeakOf
}

// Kind says what a [Value] turns on.
type Kind uint8

const (
	Plain      Kind = iota // "f": a feature of the same package
	Dependency             // "dep:d"
	Of                     // "d/f"
	WeakOf                 // "d?/f"
)

// Parse reads a value. Every text is one; whether there are such a feature and such a
// dependency is for [NewTable] to say.
func Parse(text string) Value {
	if dep, f, slash := strings.Cut(text, "/"); slash {
		if name, weak := strings.CutSuffix(dep, "?"); weak {
			return Value{WeakOf, name, f}
		}
		return Value{Of, dep, f}
	}
	if name, ok := strings.CutPrefix(text, "dep:"); ok {
		return Value{Kind: Dependency, Name: name}
	}
	return Value{Name: text}
}

// String returns the text that the value was read from.
func (v Value) String() string {
	switch v.Kind {
	case Dependency:
		return "dep:" + v.Name
	case Of:
		return v.Name + "/" + v.Feature
	case WeakOf:
		return v.Name + "?/" + v.Feature
	}
	return v.Name
}
