package manifest

import "fmt"

// SyntaxError says that a manifest is not TOML, or not the TOML of a manifest.
type SyntaxError struct {
	File string // its path, or what it was called
	Line int    // from 1; 0 where only the key is known
	Err  error  // what is wrong
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
	Limit int64  // of it
}

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Limit, e.What) }
