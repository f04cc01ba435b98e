package lockfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"cargohome/crate"
)

// ErrVersion is matched by the error for a lockfile of a version not known here.
var ErrVersion = errors.New("unknown version")

// ErrConflict is matched by the error for a lockfile that is no TOML and has
// the markers of a merge.
var ErrConflict = errors.New("the file has unresolved merge conflicts")

// ErrManifest is matched by the error for a Cargo.toml given as a lockfile.
var ErrManifest = errors.New("this is a manifest (Cargo.toml), not a lock file")

// likelier is the error that tells people more than what the text stumbled over.
func likelier(data []byte, err error) error {
	if len(data) > maxSize {
		return err
	}
	if line := lineWith(data, isConflictMarker); line > 0 {
		return &lineError{line, ErrConflict}
	}
	if line := lineWith(data, isManifestTable); line > 0 {
		return &lineError{line, ErrManifest}
	}
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return ErrEmpty
	case len(bytes.Trim(data, "\x00")) == 0:
		return fmt.Errorf("%w: it holds nothing but zeros, as a crash leaves them", ErrEmpty)
	}
	return err
}

// ParseError says which lockfile is wrong, and where.
type ParseError struct {
	File string // its path, or what it was called
	Line int    // counted from 1; 0 where it is not known
	Err  error  // what is wrong
}

func (e *ParseError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("lock file %s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("lock file %s, line %d: %v", e.File, e.Line, e.Err)
}

func (e *ParseError) Unwrap() error { return e.Err }

// Hint returns what the user may do about the error, "" if that is plain.
func (e *ParseError) Hint() string {
	switch {
	case errors.Is(e.Err, ErrConflict):
		return "take one side (`git checkout --ours Cargo.lock`), and run `cargo update --workspace` where there is a network"
	case errors.Is(e.Err, ErrTorn):
		return "take the lockfile from version control again, or run `cargo update --workspace` where there is a network, which mends what a merge has left"
	case errors.Is(e.Err, ErrEmpty), errors.Is(e.Err, ErrNoPackages):
		return "take the lockfile from version control again, or run `cargo generate-lockfile` where there is a network"
	case errors.Is(e.Err, ErrManifest):
		return "name the Cargo.lock that lies beside it, or above"
	}
	return ""
}

// lineError is an error with its line.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }
func (e *lineError) Unwrap() error { return e.err }

// packageError is an error in the n-th [[package]], counted from 0. The line is
// looked for only when it is needed.
type packageError struct {
	n   int
	err error
}

func (e *packageError) Error() string { return e.err.Error() }
func (e *packageError) Unwrap() error { return e.err }

func newParseError(file string, data []byte, err error) *ParseError {
	if line, ok := errors.AsType[*lineError](err); ok {
		return &ParseError{file, line.line, line.err}
	}
	if p, ok := errors.AsType[*packageError](err); ok {
		return &ParseError{file, packageLine(data, p.n), p.err}
	}
	return &ParseError{file, 0, err}
}

// packageLine finds the n-th header of a package; 0 if packages are not written
// the way Cargo writes them.
func packageLine(data []byte, n int) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if string(bytes.TrimSpace(text)) != "[[package]]" {
			continue
		}
		if n == 0 {
			return line
		}
		n--
	}
	return 0
}

// lineWith is the number of the first line that is of a kind, or 0.
func lineWith(data []byte, is func(line string) bool) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if is(string(bytes.TrimSpace(text))) {
			return line
		}
	}
	return 0
}

// isConflictMarker: seven of a kind, and then perhaps a label, as git, hg and jj
// write them.
func isConflictMarker(line string) bool {
	for _, mark := range []string{"<<<<<<<", ">>>>>>>", "=======", "|||||||", "%%%%%%%"} {
		if rest, ok := strings.CutPrefix(line, mark); ok && (rest == "" || rest[0] == ' ') {
			return true
		}
	}
	return false
}

// isManifestTable: a lockfile has none of these.
func isManifestTable(line string) bool {
	switch line {
	case "[package]", "[project]", "[workspace]", "[workspace.package]", "[workspace.dependencies]", "[lib]", "[features]",
		"[dependencies]", "[dev-dependencies]", "[build-dependencies]", "[profile.release]", "[profile.dev]", "[[bin]]":
		return true
	}
	return strings.HasPrefix(line, "[dependencies.")
}

// maxQuoted bounds what of a file's text enters a message, in bytes.
const maxQuoted = 200

// printable is a message that may hold text of the file, made fit to print: no
// secrets, no control characters, not endless.
func printable(s string) string {
	s = crate.Redact(s)
	if len(s) > maxQuoted {
		s = s[:maxQuoted] + "…"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
