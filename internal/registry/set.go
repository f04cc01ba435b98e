package registry

import (
	"errors"
	"fmt"
	"time"

	"cargohome/crate"
	"cargohome/index"
)

// Set is what is held of some registries.
type Set struct {
	Registries []*Registry // by name
	LeftOut    []LeftOut   // in their order, and in Cargo's of package ids
	Hidden     int         // versions that were published too late
}

// Registry is what is held of one.
type Registry struct {
	Name     string         // of its folder in a mirror
	Source   crate.SourceID // zero if it is not known
	Versions []Version      // those of one entry file together, in Cargo's order of ids
}

// Version is one that is held.
type Version struct {
	ID       crate.ID       // with the registry's source
	Checksum crate.Checksum // of its archive
	Size     int64          // of that, in bytes
	File     File           // that has it
	Own      bool           // it lies in the mirror that is being made
	Yanked   bool           // as its line says
	Unyanked bool           // and the mirror's own said that it is

	line *Store // that has the line
}

// ErrChanged is matched by the error for what is not as it was a moment ago.
var ErrChanged = errors.New("it has changed meanwhile")

// Lines looks up the lines of versions in the index, each with a line feed. The error
// matches [ErrChanged] if one is for another archive by now.
func Lines(versions []Version) (text []byte, err error) {
	look := lookups{}
	for i := range versions {
		v := &versions[i]
		e, err := look.entry(v.line, v.ID)
		if err == nil && e.Checksum != v.Checksum {
			err = ErrChanged
		}
		if err != nil {
			return nil, fmt.Errorf("index entry of %s: %w", v.ID, err)
		}
		text = append(append(text, e.Line...), '\n')
	}
	return text, nil
}

// LeftOut is what is not held, and why.
type LeftOut struct {
	Registry string   // its name
	ID       crate.ID // with the registry's source
	Path     string   // of an archive that is there, "" if none is
	Err      error    // why
}

// ErrNotHeld is the reason if nobody has a package that is wanted.
var ErrNotHeld = errors.New("its archive is not held")

// hides reports whether a version is one that appeared too late.
func hides(before time.Time, e *index.Entry) bool {
	if before.IsZero() {
		return false
	}
	published, ok := e.Published()
	return ok && published.After(before)
}
