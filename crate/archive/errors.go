package archive

import (
	"errors"
	"fmt"

	"cargohome/crate"
)

// The reasons for which an entry of an archive is refused, wrapped in an
// [EntryError].
var (
	ErrOutside   = errors.New("lies outside the package's folder")
	ErrEntryType = errors.New("is neither a file nor a folder")
	ErrPath      = errors.New("has a path that cannot be unpacked")
	ErrManifest  = errors.New("is not the manifest of the package")
	ErrTaken     = errors.New("has the place of another") // only from [Unpacker.Check]; matches fs.ErrExist, too
)

// ErrMalformed is matched by the error for bytes that are not a gzip stream
// holding a tar.
var ErrMalformed = errors.New("malformed archive")

// EntryError says which entry of an archive was at fault.
type EntryError struct {
	Entry string // its path as the archive has it, possibly hostile
	Err   error  // the reason: it matches one of those above, or is a [LimitError]
}

func (e *EntryError) Error() string {
	if _, ok := e.Err.(*LimitError); ok {
		return fmt.Sprintf("entry %s has %v", quoted(e.Entry), e.Err)
	}
	return fmt.Sprintf("entry %s %v", quoted(e.Entry), e.Err)
}

// Unwrap returns Err.
func (e *EntryError) Unwrap() error { return e.Err }

// quoted is a path as messages show it: cut short, as one can have any length.
func quoted(path string) string {
	const most = 300
	if len(path) <= most {
		return fmt.Sprintf("%q", path)
	}
	return fmt.Sprintf("%q... of %d bytes", path[:most], len(path))
}

// ChecksumError says that an archive's bytes are not the ones that were promised.
type ChecksumError struct {
	Want, Got crate.Checksum // the promised one, and that of the bytes

	// Truncated says that the bytes end before the gzip stream in them does, as those
	// of a download that broke off.
	Truncated bool
}

func (e *ChecksumError) Error() string {
	return fmt.Sprintf("the archive has checksum %s, not %s", e.Got, e.Want)
}

// SizeError says that an archive has another size than was promised. Its checksum is
// right, or nobody knows it.
type SizeError struct {
	Want, Got int64 // in bytes: the promised size, and the one it has
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("the archive has %d bytes, not %d", e.Got, e.Want)
}

// LimitError says that an archive exceeds a bound.
type LimitError struct {
	What  string // what there is too much of, with its unit
	Limit int64  // the most of it that is accepted
}

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Limit, e.What) }

var errTooLarge = &LimitError{"bytes in the archive", MaxSize}
