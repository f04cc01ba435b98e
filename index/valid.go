package index

import (
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
	e.list, err = readDependencies(e.deps, strictDependency)
	return e, err
}

// checkRest returns what checks the members of a line that [ParseEntry] passes over.
func checkRest() func(key, value string) error {
	seen := make([]string, 0, len(restChecks))
	return func(key, value string) error { return restChecks.member(&seen, key, value) }
}

// checks say what is wrong with the values of members, by key.
type checks map[string]func(value string) error

var restChecks = checks{"links": orNull(checkText), "rust_version": orNull(checkRustVersion), "pubtime": orNull(checkTime)}

// dependencyChecks are those of a dependency.
var dependencyChecks = checks{
	"name": checkText, "req": checkRequirement, "features": checkTexts, "optional": checkBool, "default_features": checkBool, "lib": checkBool,
	"target": orNull(checkText), "kind": orNull(checkText), "registry": orNull(checkText), "package": orNull(checkText), "public": orNull(checkBool),
	"artifact": orNull(checkTexts), "bindep_target": orNull(checkText),
}

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

// strictDependency reads a dependency that Cargo would take.
func strictDependency(value string) (Dependency, error) {
	d, seen := newDependency(), make([]string, 0, 16) // more than there are checks
	err := eachMember(value, func(key, value string) error {
		if err := dependencyChecks.member(&seen, key, value); err != nil {
			return err
		}
		return d.set(key, value)
	})
	for _, key := range []string{"name", "req"} {
		if err == nil && !slices.Contains(seen, key) {
			err = fmt.Errorf("it lacks %q", key)
		}
	}
	if err == nil && d.Optional && d.Kind == "dev" {
		err = errors.New("a dependency for tests is optional")
	}
	if err != nil {
		return d, fmt.Errorf("a dependency: %w", err)
	}
	return d, nil
}

func checkText(value string) error {
	_, err := stringValue(value)
	return err
}

func checkTexts(value string) error { return eachElement(value, checkText) }

// checkBool: null is none here.
func checkBool(value string) error {
	if value == "null" {
		return errors.New("not a boolean")
	}
	_, err := boolValue(value)
	return err
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
