package crate

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// ID names one package: what Cargo calls a package id. It is comparable, but
// two IDs whose sources differ only in spelling compare unequal; use
// [SourceID.Key] where Cargo's own notion of equality is wanted.
type ID struct {
	Name    string   // in its original case
	Version string   // the whole semver text, build metadata included
	Source  SourceID // the zero value for one that is not known
}

// NewID returns the ID of a package after checking that name and version are
// ones Cargo could have written, so that neither can leave a folder they are
// joined to. The errors match [ErrName] and [ErrVersion].
func NewID(name, version string, src SourceID) (ID, error) {
	if err := CheckName(name); err != nil {
		return ID{}, err
	}
	if src.IsRegistry() && !isASCII(name) {
		return ID{}, fmt.Errorf("%w %q: a registry package has an ASCII name", ErrName, name)
	}
	if err := CheckVersion(version); err != nil {
		return ID{}, fmt.Errorf("package %s: %w", name, err)
	}
	return ID{name, version, src}, nil
}

// Stem is NAME-VERSION: the folder of the package in registry/src, the only
// top folder of its archive, and the archive's name without ".crate".
func (id ID) Stem() string { return id.Name + "-" + id.Version }

// String is how Cargo prints a package: "name v1.0.0", followed by the source
// in parentheses unless that is crates.io. User info in URLs is left out.
func (id ID) String() string {
	s := id.Name + " v" + id.Version
	if id.Source.IsCratesIO() || id.Source == (SourceID{}) {
		return s
	}
	return s + " (" + id.Source.Display() + ")"
}

// Compare orders IDs as Cargo does: name in byte order, then semver order, then
// the source.
func (id ID) Compare(o ID) int {
	return cmp.Or(
		strings.Compare(id.Name, o.Name),
		CompareVersions(id.Version, o.Version),
		id.Source.Compare(o.Source),
	)
}

// ErrName is matched by the error for a text that cannot be a package name.
var ErrName = errors.New("invalid package name")

// CheckName reports whether Cargo would take s as the name of a package:
// letters, digits, '_' and '-', with letters of any script (only path and git
// packages use those).
func CheckName(s string) error {
	if s == "" {
		return fmt.Errorf("%w: it is empty", ErrName)
	}
	for _, r := range s {
		if !nameRune(r) {
			return fmt.Errorf("%w %q: it may not contain %q", ErrName, s, r)
		}
	}
	return nil
}

func nameRune(r rune) bool {
	if r < unicode.MaxASCII {
		return r == '-' || r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
	}
	return r != unicode.ReplacementChar && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// CheckFeature reports whether Cargo would take s as the name of a feature (cargo 1.95:
// restricted_names::validate_feature_name).
func CheckFeature(s string) error {
	if s == "" {
		return errors.New("a feature has no name")
	}
	for i, r := range s {
		if letter := r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r); !letter && (i == 0 || !strings.ContainsRune("-+.", r)) {
			return fmt.Errorf("feature name %q may not contain %q here", s, r)
		}
	}
	return nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
