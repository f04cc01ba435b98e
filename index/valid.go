package index

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
)

// parseStrict is [ParseEntry] for a line that Cargo would select: any member that it knows
// counts, in dependencies too (cargo 1.95: IndexSummary::parse). What features turn on, for
// which platforms dependencies are, and where they come from is not looked at. What the entry
// says of dependencies and features is read already.
func parseStrict(line []byte) (Entry, error) {
	var links, rust string
	rest := checkRest()
	e, err := parseEntry(line, func(key, value string) error {
		switch {
		case value == "null":
		case key == "links":
			links, _ = stringValue(value)
		case key == "rust_version":
			rust, _ = stringValue(value)
		}
		return rest(key, value)
	})
	if err != nil {
		return e, err
	}
	e.Links, e.RustVersion = links, rust
	if e.table, err = e.Features(); err != nil {
		return Entry{}, err
	}
	for name := range e.table {
		if err := crate.CheckFeature(name); err != nil {
			return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
		}
	}
	e.list, err = readDependencies(e.deps, true)
	return e, err
}

// Check reports why Cargo would pass over the entry's line, nil if it would select it: see
// parseStrict. Nothing of it is kept, however much it says. The error matches [ErrEntry].
func (e *Entry) Check() error {
	of, err := parseEntry([]byte(e.Line), checkRest())
	if err != nil {
		return err
	}
	r := dependencyReader{Dependency: newDependency()}
	deps := eachObject(of.deps, r.setStrictly, func() error {
		err := r.endStrictly()
		r.list = r.list[:0]
		return err
	})
	return cmp.Or(ofKey("features", checkFeatures(of.features)), ofKey("features2", checkFeatures(of.features2)), ofKey("deps", deps))
}

// checkRest returns what checks the members of a line that [ParseEntry] passes over.
func checkRest() func(key, value string) error {
	seen := make([]string, 0, len(restChecks))
	return func(key, value string) error { return restChecks.member(&seen, key, value) }
}

// checks say what is wrong with the values of members, by key.
type checks map[string]func(value string) error

var restChecks = checks{"links": orNull(checkText), "rust_version": orNull(checkRustVersion), "pubtime": orNull(checkTime)}

// member makes the check of a member, whose key may be seen once.
func (c checks) member(seen *[]string, key, value string) error {
	check := c[key]
	if check == nil {
		return nil
	}
	if slices.Contains(*seen, key) {
		return errTwice(key)
	}
	*seen = append(*seen, key)
	if err := check(value); err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	return nil
}

func orNull(check func(value string) error) func(value string) error {
	return func(value string) error {
		if value == "null" {
			return nil
		}
		return check(value)
	}
}

// dependencyKey has a bit for each key of a dependency that Cargo knows.
type dependencyKey uint16

const (
	nameKey dependencyKey = 1 << iota
	reqKey
	featuresKey
	optionalKey
	defaultFeaturesKey
	libKey
	targetKey
	kindKey
	registryKey
	packageKey
	publicKey
	artifactKey
	bindepTargetKey

	notNull = nameKey | reqKey | featuresKey | optionalKey | defaultFeaturesKey | libKey
)

var dependencyKeys = map[string]dependencyKey{
	"name": nameKey, "req": reqKey, "features": featuresKey, "optional": optionalKey, "default_features": defaultFeaturesKey, "lib": libKey, "target": targetKey,
	"kind": kindKey, "registry": registryKey, "package": packageKey, "public": publicKey, "artifact": artifactKey, "bindep_target": bindepTargetKey,
}

// setStrictly is set that refuses what Cargo would not take.
func (r *dependencyReader) setStrictly(key, value string) error {
	bit := dependencyKeys[key]
	if bit == 0 {
		return nil
	}
	if r.seen&bit != 0 {
		return fmt.Errorf("a dependency: %w", errTwice(key))
	}
	r.seen |= bit
	err := r.check(bit, value)
	if err == nil {
		err = r.set(key, value)
	}
	if err != nil {
		return fmt.Errorf("a dependency: key %q: %w", key, err)
	}
	return nil
}

// check looks at what set does not.
func (r *dependencyReader) check(bit dependencyKey, value string) (err error) {
	switch {
	case value == "null" && bit&notNull != 0:
		return errors.New("it is null")
	case value == "null":
	case bit == reqKey:
		err = checkRequirement(value)
	case bit&(libKey|publicKey) != 0:
		_, err = boolValue(value)
	case bit == artifactKey:
		err = checkTexts(value)
	case bit == bindepTargetKey:
		err = checkText(value)
	}
	return err
}

// endStrictly is end of a dependency that Cargo would take.
func (r *dependencyReader) endStrictly() (err error) {
	switch {
	case r.seen&nameKey == 0:
		err = errors.New(`it lacks "name"`)
	case r.seen&reqKey == 0:
		err = errors.New(`it lacks "req"`)
	case cmp.Or(r.Package, r.Name) == "": // at which Cargo panics (1.95: Dependency::new_override)
		err = errors.New("it has no name")
	case r.Optional && r.Kind == "dev":
		err = errors.New("a dependency for tests is optional")
	default:
		return r.end()
	}
	return fmt.Errorf("a dependency: %w", err)
}

func checkText(value string) error {
	_, err := stringValue(value)
	return err
}

func checkTexts(value string) error { return eachElement(value, checkText) }

// checkFeatures: those that are not there are none.
func checkFeatures(object string) error {
	if object == "" || object == "null" {
		return nil
	}
	return eachList(object, checkText, func(string) error { return nil })
}

// checkRequirement: nearly all are "^" and up to three numbers.
func checkRequirement(value string) error {
	text, err := stringValue(value)
	if n := shortNumbers(strings.TrimPrefix(text, "^")); err == nil && (n == 0 || n > 3) {
		_, err = crate.ParseRequirement(text)
	}
	return err
}

// checkRustVersion: up to three numbers.
func checkRustVersion(value string) error {
	text, err := stringValue(value)
	if err == nil {
		if strings.ContainsAny(text, "+-") {
			return errors.New("not up to three numbers")
		}
		err = crate.CheckVersion(text + strings.Repeat(".0", max(0, 2-strings.Count(text, "."))))
	}
	return err
}

func checkTime(value string) error {
	const layout = "2006-01-02T15:04:05Z"
	text, err := stringValue(value)
	if err == nil {
		_, err = time.Parse(layout, text)
	}
	if err == nil && len(text) != len(layout) {
		err = errors.New("not a time to the second")
	}
	return err
}
