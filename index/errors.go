package index

import (
	"fmt"
	"io/fs"
)

// absent is an error that matches fs.ErrNotExist.
type absent string

func (a absent) Error() string        { return string(a) }
func (a absent) Is(target error) bool { return target == fs.ErrNotExist }

// Reasons for which an index has no answer, from the most general to the most
// particular. Each matches fs.ErrNotExist.
var (
	ErrNoIndex   error = absent("there is no such index")
	ErrNoCrate   error = absent("the index does not list this crate")
	ErrNoVersion error = absent("the index does not list this version")
	ErrNoConfig  error = absent("the index has no config.json")
)

// LookupError says why a version could not be looked up. Err is, or wraps, one
// of [ErrNoIndex], [ErrNoCrate], [ErrNoVersion], a [*CorruptError], or an error
// of reading.
type LookupError struct {
	Index         string // the folder of the index
	Name, Version string // as they were asked for
	Err           error  // why not
}

func (e *LookupError) Error() string {
	return fmt.Sprintf("look up %s %s in %s: %v", printable(e.Name), printable(e.Version), e.Index, e.Err)
}

func (e *LookupError) Unwrap() error { return e.Err }

// CorruptError says that a file of an index is not one Cargo could read.
type CorruptError struct {
	File string // as a path, or slash-separated within the index's repository
	Err  error  // what is wrong
}

func (e *CorruptError) Error() string { return fmt.Sprintf("%s: %v", e.File, e.Err) }
func (e *CorruptError) Unwrap() error { return e.Err }

// printable quotes what is not a plain word.
func printable(s string) string {
	if q := fmt.Sprintf("%q", s); q != `"`+s+`"` || s == "" {
		return q
	}
	return s
}
