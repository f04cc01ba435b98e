package index

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cargohome/crate"
)

// check reports why Cargo would not select a line that [ParseEntry] reads: any member that it
// knows counts, in dependencies too (cargo 1.95: IndexSummary::parse). What features turn on,
// for which platforms dependencies are, and where they come from is not looked at.
func (e *Entry) check() error {
	if err := checkMembers(e.Line, entryChecks); err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return nil
}

// checks say what is wrong with the values of members, by key.
type checks map[string]func(value []byte) error

// entryChecks are those of a line that ParseEntry does not make.
var entryChecks = checks{
	"deps": func(value []byte) error { return eachElement(value, checkDependency) }, "features": checkFeatures, "features2": orNull(checkFeatures),
	"links": orNull(checkText), "rust_version": orNull(checkRustVersion), "pubtime": orNull(checkTime),
}

// dependencyChecks are those of a dependency.
var dependencyChecks = checks{
	"name": checkText, "req": checkRequirement, "features": checkTexts, "optional": checkBool, "default_features": checkBool, "lib": checkBool,
	"target": orNull(checkText), "kind": orNull(checkText), "registry": orNull(checkText), "package": orNull(checkText), "public": orNull(checkBool),
	"artifact": orNull(checkTexts), "bindep_target": orNull(checkText),
}

// checkMembers makes the checks, and takes each of their keys once.
func checkMembers(object []byte, all checks) error {
	seen := make(map[string]bool, len(all))
	return eachMember(object, func(key string, value []byte) error {
		check := all[key]
		if check == nil {
			return nil
		}
		if seen[key] {
			return fmt.Errorf("key %q occurs twice", key)
		}
		seen[key] = true
		if err := check(value); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		return nil
	})
}

func orNull(check func(value []byte) error) func(value []byte) error {
	return func(value []byte) error {
		if string(value) == "null" {
			return nil
		}
		return check(value)
	}
}

func checkDependency(value []byte) error {
	must := 0
	err := checkMembers(value, dependencyChecks)
	if err == nil {
		err = eachMember(value, func(key string, _ []byte) error {
			if key == "name" || key == "req" {
				must++
			}
			return nil
		})
	}
	if err == nil && must < 2 {
		err = errors.New("a dependency lacks one of name, req")
	}
	return err
}

func checkText(value []byte) error {
	_, err := stringValue(value)
	return err
}

func checkTexts(value []byte) error { return eachElement(value, checkText) }

func checkFeatures(value []byte) error {
	return eachMember(value, func(_ string, value []byte) error { return checkTexts(value) })
}

// checkBool: null is none here.
func checkBool(value []byte) error {
	if string(value) == "null" {
		return errors.New("not a boolean")
	}
	_, err := boolValue(value)
	return err
}

func checkRequirement(value []byte) error {
	text, err := stringValue(value)
	if err == nil {
		_, err = crate.ParseRequirement(text)
	}
	return err
}

// checkRustVersion: up to three numbers.
func checkRustVersion(value []byte) error {
	text, err := stringValue(value)
	if err == nil {
		if strings.ContainsAny(text, "+-") {
			return errors.New("not up to three numbers")
		}
		err = crate.CheckVersion(text + strings.Repeat(".0", max(0, 2-strings.Count(text, "."))))
	}
	return err
}

func checkTime(value []byte) error {
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
