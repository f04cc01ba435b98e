package manifest

import (
	"errors"
	"fmt"
	"io/fs"
)

// Errors about the shape of a workspace; those returned say more.
var (
	// ErrNotMember: the manifest finds a workspace that does not list it.
	ErrNotMember = errors.New("current package believes it's in a workspace when it's not")
	// ErrWorkspace: the members of a workspace do not fit together.
	ErrWorkspace = errors.New("invalid workspace")
	// ErrManifestPath: a path given by the user does not name a Cargo.toml.
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

// SyntaxError says that a manifest is not TOML, or not the TOML of a manifest.
type SyntaxError struct {
	File string
	Line int // from 1; 0 where only the key is known
	Err  error
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("manifest %q: %v", e.File, e.Err)
	}
	return fmt.Sprintf("manifest %q: line %d: %v", e.File, e.Line, e.Err)
}

func (e *SyntaxError) Unwrap() error { return e.Err }

// LimitError says that a workspace is larger than this package is willing to
// read.
type LimitError struct {
	What  string // what there is too much of, with its unit
	Limit int64
}

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Limit, e.What) }

// HintError is an error with a separate line on what to do about it.
type HintError struct {
	Err  error
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
	Err      error
}

func (e *DependencyError) Error() string {
	return fmt.Sprintf("dependency %q of %q: %v", e.Name, e.Manifest, e.Err)
}

func (e *DependencyError) Unwrap() error { return e.Err }
