package bundle

import (
	"errors"
	"fmt"
)

// Reasons for which a bundle is refused.
var (
	// ErrNotBundle is matched by the error for what does not begin as a bundle does.
	ErrNotBundle = errors.New("it is not a bundle")
	// ErrNewer is matched by the error for a bundle of a format that came later.
	ErrNewer = errors.New("it is of a newer format than this program knows")
	// ErrManifest is matched by the error for a manifest that is not as one is made.
	ErrManifest = errors.New("its manifest is not sound")
	// ErrName is matched by the error for a path that no entry may have.
	ErrName = errors.New("no entry of a bundle may have this path")
	// ErrEntry is matched by the error for an entry that is not the one which the manifest
	// says comes next.
	ErrEntry = errors.New("it is not as the manifest says")
	// ErrCut is matched by the error for a bundle that ends too early.
	ErrCut = errors.New("the bundle ends too early")
	// ErrLimit is matched by the error for more than is read.
	ErrLimit = errors.New("it is too large")
)

// Error says why a bundle was refused, or could not be written or read.
type Error struct {
	Bundle  string // as the user calls it, "" if it has no name
	Entry   string // the path of the entry, "" if it is about the whole
	Package string // that the entry is of, "" if it is not known
	Err     error  // the reason
}

func (e *Error) Error() string {
	text := e.Err.Error()
	if e.Entry != "" {
		text = fmt.Sprintf("entry %q: %s", e.Entry, text)
	}
	if e.Package != "" {
		text = e.Package + ": " + text
	}
	if e.Bundle != "" {
		text = fmt.Sprintf("%s: %s", e.Bundle, text)
	}
	return text
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what the user may do, "" if there is nothing to say.
func (e *Error) Hint() string {
	hinted, ok := errors.AsType[interface {
		error
		Hint() string
	}](e.Err)
	switch {
	case ok:
		return hinted.Hint()
	case errors.Is(e.Err, ErrNewer):
		return "take a newer cargohome, or have it packed by one like this"
	case errors.Is(e.Err, ErrCut):
		return "copy it again: a part of it is missing"
	}
	return ""
}
