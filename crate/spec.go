package crate

import (
	"fmt"
	"strings"
)

// Spec names packages: what Cargo calls a package id specification, of which the
// forms NAME and NAME@VERSION are known here, and NAME:VERSION, which is how older cargos
// wrote the latter. The version may be cut short, as in "1" or "1.2", and then stands for
// all that begin so.
type Spec struct {
	Name    string // in its original case
	Version string // "" for any
}

// ParseSpec reads NAME or NAME@VERSION. The error matches [ErrName] or [ErrVersion]. It
// does not repeat a part of what might be a URL, as that part could be a password.
func ParseSpec(s string) (Spec, error) {
	name, version, old := strings.Cut(s, ":")
	if strings.ContainsAny(s, `/\?#`) || old && (strings.Contains(s, "@") || !isPartOfVersion(version)) {
		return Spec{}, fmt.Errorf("%w: it is neither NAME nor NAME@VERSION", ErrName)
	}
	hasVersion := old
	if !old {
		name, version, hasVersion = strings.Cut(s, "@")
	}
	if err := CheckName(name); err != nil {
		return Spec{}, err
	}
	if !hasVersion {
		return Spec{Name: name}, nil
	}
	if !isPartOfVersion(version) {
		return Spec{}, fmt.Errorf("%w %q", ErrVersion, version)
	}
	return Spec{name, version}, nil
}

// isPartOfVersion reports whether a text is a version, or the beginning of one.
func isPartOfVersion(text string) bool {
	return CheckVersion(text) == nil || CheckVersion(text+".0") == nil || CheckVersion(text+".0.0") == nil
}

// Matches reports whether the package is one of those named. As with Cargo, a
// version cut short does not stand for pre-releases, and one without build metadata
// stands for those with any.
func (s Spec) Matches(id ID) bool {
	if id.Name != s.Name {
		return false
	}
	release, _, hasBuild := strings.Cut(id.Version, "+")
	switch {
	case s.Version == "" || s.Version == id.Version || hasBuild && s.Version == release:
		return true
	case strings.Contains(release, "-"):
		return false
	}
	return strings.Count(s.Version, ".") < 2 && strings.HasPrefix(release, s.Version+".")
}

// String returns NAME or NAME@VERSION.
func (s Spec) String() string {
	if s.Version == "" {
		return s.Name
	}
	return s.Name + "@" + s.Version
}
