package index

import (
	"errors"
	"fmt"
	"math"
	"time"

	"cargohome/crate"
)

// Entry is one version in an index: the parts of its line that are of use when
// all versions are already chosen (spec 3.6).
type Entry struct {
	Name    string // in the crate's own case
	Version string // with build metadata

	// Checksum is the SHA-256 of the archive. It is zero if ChecksumText is not
	// one: packages that came from git have an empty text in some local
	// registries, and match no archive.
	Checksum     crate.Checksum
	ChecksumText string // as the line has it

	Yanked bool   // no bar for a version that a lockfile names
	V      uint32 // schema of the line; Cargo 1.95 selects none above 2
	Line   string // the line itself, without line feed

	// Of a strict index only: the native library that it links, and the oldest rustc that
	// compiles it; "" for none.
	Links, RustVersion string

	deps, features, features2 string // values in the line; "" for none

	list  []Dependency        // deps, if it was read
	table map[string][]string // features, if they were
}

// Published returns when the version was published, false if the line does not say (cargo
// 1.95: IndexPackage, pubtime).
func (e *Entry) Published() (t time.Time, ok bool) {
	_ = eachMember(e.Line, func(key, value string) error {
		if key != "pubtime" {
			return nil
		}
		text, err := stringValue(value)
		if err == nil {
			t, err = time.Parse(time.RFC3339, text)
		}
		ok = err == nil
		return err
	})
	return t, ok
}

// ErrEntry is matched by the error for a line that Cargo would not select.
var ErrEntry = errors.New("invalid index entry")

// ParseEntry reads one line as Cargo does: unknown keys are ignored, null stands
// for the default where there is one, a key may occur once and is spelt exactly.
// Of dependencies and features it checks no more than that they are there.
func ParseEntry(line []byte) (Entry, error) {
	return parseEntry(line, func(string, string) error { return nil })
}

// parseEntry is ParseEntry that has other members looked at too.
func parseEntry(line []byte, other func(key, value string) error) (Entry, error) {
	e := Entry{V: 1, Line: string(line)}
	var seen uint8
	err := eachMember(e.Line, func(key, value string) error {
		bit := required[key]
		if bit == 0 {
			return other(key, value)
		}
		if seen&bit != 0 {
			return errTwice(key)
		}
		seen |= bit
		return e.set(key, value)
	})
	if err == nil && seen&mustHave != mustHave {
		err = fmt.Errorf("it lacks one of name, vers, deps, cksum")
	}
	if err == nil {
		err = crate.CheckVersion(e.Version)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	e.Checksum, _ = crate.ParseChecksum(e.ChecksumText)
	return e, nil
}

// required has a bit for each key that is looked at, to notice repetition; the
// low four must be there.
var required = map[string]uint8{"name": 1, "vers": 2, "deps": 4, "cksum": 8, "yanked": 16, "v": 32, "features": 64, "features2": 128}

const mustHave = 1 | 2 | 4 | 8

func (e *Entry) set(key, value string) (err error) {
	switch key {
	case "name":
		e.Name, err = stringValue(value)
	case "vers":
		e.Version, err = stringValue(value)
	case "cksum":
		e.ChecksumText, err = stringValue(value)
	case "yanked":
		e.Yanked, err = boolValue(value)
	case "v":
		e.V, err = schemaValue(value)
	case "deps":
		e.deps, err = value, startsWith(value, '[')
	case "features":
		e.features, err = value, startsWith(value, '{')
	case "features2":
		e.features2 = value
	}
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	return nil
}

func schemaValue(value string) (uint32, error) {
	if value == "null" {
		return 1, nil
	}
	n, err := uintValue(value)
	if err == nil && n > math.MaxUint32 {
		err = errors.New("number out of range")
	}
	return uint32(n), err
}
