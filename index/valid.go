package index

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
)

// check reports why Cargo would not select a line that [ParseEntry] reads: any member that it
// knows counts, in dependencies too (cargo 1.95: IndexSummary::parse). What features turn on,
// for which platforms dependencies are, and where they come from is not looked at.
func (e *Entry) check() error {
	if err := checkMembers(string(e.Line), entryChecks); err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return nil
}

// checks say what is wrong with the values of members, by key.
type checks map[string]func(value string) error

// entryChecks are those of a line that ParseEntry does not make.
var entryChecks = checks{
	"deps": func(value string) error { return eachElement(value, checkDependency) }, "features": checkFeatures, "features2": orNull(checkFeatures),
	"links": orNull(checkText), "rust_version": orNull(checkRustVersion), "pubtime": orNull(checkTime),
}

// dependencyChecks are those of a dependency.
var dependencyChecks = checks{
	"name": checkText, "req": checkRequirement, "features": checkTexts, "optional": checkBool, "default_features": checkBool, "lib": checkBool,
	"target": orNull(checkText), "kind": orNull(checkText), "registry": orNull(checkText), "package": orNull(checkText), "public": orNull(checkBool),
	"artifact": orNull(checkTexts), "bindep_target": orNull(checkText),
}

// checkMembers makes the checks, and takes each of their keys once; some must be there.
func checkMembers(object string, all checks, must ...string) error {
	seen := make([]string, 0, 16) // more than there are checks
	err := eachMember(object, func(key, value string) error {
		check := all[key]
		if check == nil {
			return nil
		}
		if slices.Contains(seen, key) {
			return fmt.Errorf("key %q occurs twice", key)
		}
		seen = append(seen, key)
		if err := check(value); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		return nil
	})
	for _, key := range must {
		if err == nil && !slices.Contains(seen, key) {
			err = fmt.Errorf("it lacks %q", key)
		}
	}
	return err
}

func orNull(check func(value string) error) func(value string) error {
	return func(value string) error {
		if value == "null" {
			return nil
		}
		return check(value)
	}
}

func checkDependency(value string) error {
	if err := checkMembers(value, dependencyChecks, "name", "req"); err != nil {
		return fmt.Errorf("a dependency: %w", err)
	}
	if !strings.Contains(value, `"dev"`) || !strings.Contains(value, "true") {
		return nil // as most
	}
	var d Dependency
	if err := eachMember(value, d.set); err != nil || !d.Optional || d.Kind != "dev" {
		return err
	}
	return errors.New("a dependency for tests is optional")
}

func checkText(value string) error {
	_, err := stringValue(value)
	return err
}

func checkTexts(value string) error { return eachElement(value, checkText) }

func checkFeatures(value string) error {
	return eachMember(value, func(_, value string) error { return checkTexts(value) })
}

// checkBool: null is none here.
func checkBool(value string) error {
	if value == "null" {
		return errors.New("not a boolean")
	}
	_, err := boolValue(value)
	return err
}

func checkRequirement(value string) error {
	text, err := stringValue(value)
	if err == nil {
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
