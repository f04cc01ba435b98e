package workspace

import (
	"errors"
	"fmt"
	"io/fs"
)

var (
	// ErrNotMember is matched by the error for a manifest that finds a workspace which
	// does not list it.
	ErrNotMember = errors.New("current package believes it's in a workspace when it's not")
	// ErrManifestPath is matched by the error for a path given by the user that does not
	// name a Cargo.toml.
	ErrManifestPath = errors.New("invalid manifest path")
)

// NotFoundError says that neither a folder nor any above it holds a Cargo.toml.
// It matches [fs.ErrNotExist].
type NotFoundError struct {
	Dir       string // where the search began
	LowerCase string // a file cargo.toml met on the way, "" if none
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("no Cargo.toml in %q or any parent folder", e.Dir)
}

func (e *NotFoundError) Unwrap() error { return fs.ErrNotExist }

// Hint returns what the user may do about the error.
func (e *NotFoundError) Hint() string {
	if e.LowerCase != "" {
		return fmt.Sprintf("rename %q to Cargo.toml", e.LowerCase)
	}
	return "name the project with --manifest-path, or its lockfile with --lockfile-path"
}

// HintError is an error with a separate line on what to do about it.
type HintError struct {
	Err  error // without it
	hint string
}

func (e *HintError) Error() string { return e.Err.Error() }
func (e *HintError) Unwrap() error { return e.Err }

// Hint returns what the user may do about the error.
func (e *HintError) Hint() string { return e.hint }

// DependencyError says that the folder of a path dependency cannot be used.
type DependencyError struct {
	Name     string // the key in the dependency table
	Manifest string // where it is written
	Err      error  // why not
}

func (e *DependencyError) Error() string {
	return fmt.Sprintf("dependency %q of %q: %v", e.Name, e.Manifest, e.Err)
}

func (e *DependencyError) Unwrap() error { return e.Err }
