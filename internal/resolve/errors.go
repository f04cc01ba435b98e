package resolve

import (
	"errors"
	"fmt"

	"cargohome/crate"
)

// ErrLock is matched by errors about a lockfile that does not fit what manifests and index
// say. Cargo would resolve anew, or with --locked refuse.
var ErrLock = errors.New("the lockfile does not fit")

// UnlockedError says that a build needs something that is not locked. It matches [ErrLock].
type UnlockedError struct {
	ID          crate.ID // of the package that needs it
	Package     string   // that it needs
	Requirement string   // for its version, "" for none
}

func (e *UnlockedError) Error() string {
	return fmt.Sprintf("%v: %s needs %s, which it does not have", ErrLock, e.ID, e.wanted())
}

func (e *UnlockedError) wanted() string {
	if e.Requirement == "" {
		return e.Package
	}
	return e.Package + " " + e.Requirement
}

func (e *UnlockedError) Unwrap() error { return ErrLock }

// UnknownError says that something was asked for which is not there. It matches [ErrRequest].
type UnknownError struct {
	What    string // "feature", "package", "dependency"
	Name    string // as it was asked for
	Where   string // the packages it was looked for in; "" for the lockfile
	Nearest string // the one spelt most alike, "" if none is alike
}

func (e *UnknownError) Error() string {
	if e.Where == "" {
		return fmt.Sprintf("there is no %s %q", e.What, e.Name)
	}
	return fmt.Sprintf("%s has no %s %q", e.Where, e.What, e.Name)
}

func (e *UnknownError) Unwrap() error { return ErrRequest }

// Hint says what might be meant, "" if nothing is alike.
func (e *UnknownError) Hint() string {
	if e.Nearest == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", e.Nearest)
}

// AmbiguousError says that a package id specification means several packages. It matches
// [ErrRequest].
type AmbiguousError struct {
	Spec string     // as it was asked for
	IDs  []crate.ID // of the packages, in order
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q means %d packages", e.Spec, len(e.IDs))
}

func (e *AmbiguousError) Unwrap() error { return ErrRequest }

// Hint says how the first of them is named.
func (e *AmbiguousError) Hint() string {
	return fmt.Sprintf("name one of them, as in \"%s@%s\"", e.IDs[0].Name, e.IDs[0].Version)
}

// SpecError says that a text is no package id specification. It matches [ErrRequest].
type SpecError struct {
	Spec string // as it was asked for, redacted
	Err  error  // of [crate.ParseSpec]
}

func (e *SpecError) Error() string   { return fmt.Sprintf("%q: %v", e.Spec, e.Err) }
func (e *SpecError) Unwrap() []error { return []error{ErrRequest, e.Err} }

// ErrRequest is matched by errors for what a request may not ask.
var ErrRequest = errors.New("invalid selection")
