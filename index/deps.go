package index

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
)

// Dependency is one that a version says it has (spec 3.6).
type Dependency struct {
	Name            string   // by which the version knows it
	Package         string   // its name in its registry, the same unless it is renamed
	Requirement     string   // for its version
	Kind            string   // "normal", "dev" or "build"
	Platform        string   // the key of its [target] table, "" for none
	Registry        string   // URL of its index, "" for the one that the entry is in
	Optional        bool     // whether only a feature asks for it
	DefaultFeatures bool     // whether it is wanted with its default features
	Features        []string // that are wanted of it, as they stand there
	Artifact        bool     // whether more than its library is wanted
}

// Dependencies reads those of the entry's line, in its order. The error matches
// [ErrEntry].
func (e *Entry) Dependencies() ([]Dependency, error) {
	if e.list != nil {
		return e.list, nil
	}
	return readDependencies(e.deps, false)
}

// readDependencies reads a list of them: strictly, such that Cargo would take.
func readDependencies(list string, strict bool) ([]Dependency, error) {
	r := dependencyReader{list: make([]Dependency, 0, expected(list, `"req"`)), Dependency: newDependency()}
	member, end := r.set, r.end
	if strict {
		member, end = r.setStrictly, r.endStrictly
	}
	err := eachObject(list, member, end)
	return r.list, ofKey("deps", err)
}

// dependencyReader reads one after the other.
type dependencyReader struct {
	Dependency // that is read
	seen       dependencyKey
	list       []Dependency // those before
}

func (r *dependencyReader) end() error {
	r.Package = cmp.Or(r.Package, r.Name)
	r.list = append(r.list, r.Dependency)
	r.Dependency, r.seen = newDependency(), 0
	return nil
}

// newDependency is one of which nothing is said.
func newDependency() Dependency { return Dependency{Kind: "normal", DefaultFeatures: true} }

// expected is how many elements there are likely to be in a value, for making room.
func expected(value, each string) int { return min(strings.Count(value, each), 4096) }

func ofKey(key string, err error) error {
	if err != nil {
		return fmt.Errorf("%w: key %q: %w", ErrEntry, key, err)
	}
	return nil
}

func (d *Dependency) set(key, value string) (err error) {
	if value == "null" {
		return nil
	}
	switch key {
	case "name":
		d.Name, err = stringValue(value)
	case "package":
		d.Package, err = stringValue(value)
	case "req":
		d.Requirement, err = stringValue(value)
	case "kind":
		err = d.setKind(value)
	case "target":
		d.Platform, err = stringValue(value)
	case "registry":
		d.Registry, err = stringValue(value)
	case "optional":
		d.Optional, err = boolValue(value)
	case "default_features":
		d.DefaultFeatures, err = boolValue(value)
	case "features":
		d.Features, err = features(value)
	case "artifact":
		d.Artifact = true
	}
	return err
}

// setKind: what is no other is normal.
func (d *Dependency) setKind(value string) error {
	kind, err := stringValue(value)
	if kind == "dev" || kind == "build" {
		d.Kind = kind
	}
	return err
}

// features reads a list of them. Old versions of cargo published empty ones, which mean
// nothing (cargo 1.95: registry_dependency_into_dep).
func features(value string) ([]string, error) {
	var list []string
	err := eachElement(value, func(value string) error {
		text, err := stringValue(value)
		if text != "" {
			list = append(list, text)
		}
		return err
	})
	return list, err
}

// Features returns the [features] of the version, as its manifest has them. Those that
// older cargos do not know stand apart in the line, and are added to the others. The error
// matches [ErrEntry].
func (e *Entry) Features() (map[string][]string, error) {
	if e.table != nil {
		return e.table, nil
	}
	table, err := readFeatures(e.features)
	if err != nil {
		return nil, ofKey("features", err)
	}
	more, err := readFeatures(e.features2)
	for name, values := range more {
		table[name] = slices.Concat(table[name], values)
	}
	return table, ofKey("features2", err)
}

// readFeatures: of a feature that is there twice the last counts. The values of all lie in one
// list, as there may be thousands of features with one value.
func readFeatures(object string) (map[string][]string, error) {
	table := make(map[string][]string, expected(object, "["))
	if object == "" || object == "null" {
		return table, nil
	}
	all, start := make([]string, 0, expected(object, `"`)/2), 0
	return table, eachList(object, func(value string) error {
		text, err := stringValue(value)
		all = append(all, text)
		return err
	}, func(name string) error {
		table[name] = all[start:len(all):len(all)]
		start = len(all)
		return nil
	})
}

// CheckPublic refuses a dependency on a registry whose URL holds a secret, in an entry that
// others are to have: Cargo finds the registry by it, so it cannot be left out.
func (e *Entry) CheckPublic() error {
	if !strings.Contains(e.Line, "@") {
		return nil
	}
	deps, err := e.Dependencies()
	if err != nil {
		return err
	}
	for _, d := range deps {
		if shown := crate.Redact(d.Registry); shown != d.Registry {
			return fmt.Errorf("its index entry has a URL with user info, of the registry of %s, by which cargo finds it: %s", d.Name, shown)
		}
	}
	return nil
}
