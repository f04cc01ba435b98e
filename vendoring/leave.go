package vendoring

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/glob"
)

// Filter says what of a package does not come into its folder.
type Filter struct {
	Stub    bool         // all but its manifest; see [stub]
	Exclude []*Exclusion // files of one that is no stub, in an order that is the same for each run
}

// Exclusion is a pattern for files that are not wanted. It is safe for concurrent use.
type Exclusion struct {
	Text   string     // as the user gave it
	Path   *glob.Path // for paths in the package
	Yields bool       // what kept code includes stays in spite of it, and is no error
	Preset bool       // and so do the roots of a library, binaries and build script

	used atomic.Bool
}

// Used reports whether the exclusion took anything away so far.
func (e *Exclusion) Used() bool { return e.used.Load() }

// Left is what did not come into a folder that would without a filter.
type Left struct {
	Files  int   // the checksum file not counted
	Bytes  int64 // of those files
	Spared int   // files that stayed in spite of an exclusion that is no preset; 0 if the folder was there
}

// leaving is the filter of a step at work.
type leaving struct {
	Filter
	commit  string // of a package from git
	left    Left
	applies bool  // or the folder is as without a filter
	err     error // more is excluded than can be looked at
}

// Leave has the package filtered; before, nothing may be written of the step.
func (s *Step) Leave(f Filter) {
	s.out = &leaving{Filter: f, applies: f.Stub}
	if s.Checksum == nil {
		s.out.commit = s.ID.Source.Precise()
	}
	for i, c := range s.contents {
		s.contents[i] = &filtered{c, s.out}
	}
}

// IsFiltered reports whether the package is.
func (s *Step) IsFiltered() bool { return s.out != nil }

// IsStub reports whether there will be a stub in place of the package.
func (s *Step) IsStub() bool { return s.out != nil && s.out.Stub }

// left returns what was left out when the step's folder was last written or proven.
func (s *Step) left() (l Left) {
	if s.out != nil {
		l = s.out.left
	}
	return l
}

// A checksum file says of a filtered folder how it was filtered, at the end, so that it
// is not taken for another one. Cargo passes over the key, and has reserved it for notes
// since 1.97.
const markKey = `,"$comment":`

// mark is what the record of a filtered folder has besides.
func (o *leaving) mark(b []byte) []byte {
	var text strings.Builder
	text.WriteString("cargohome: ")
	if o.Stub {
		text.WriteString("stub")
	} else {
		text.WriteString("without")
		for _, e := range o.Exclude {
			fmt.Fprintf(&text, " %q", e.Text)
			if e.Preset {
				text.WriteString("?")
			}
		}
	}
	if o.commit != "" {
		text.WriteString(" of " + o.commit)
	}
	fmt.Fprintf(&text, "; left out: %d files, %d bytes", o.left.Files, o.left.Bytes)
	return append(appendJSONString(append(b, markKey...), text.String()), '}')
}

// Mark is what the record of a filtered folder says of its filter.
type Mark struct {
	Stub    bool     // see [Filter]
	Exclude []Marked // in the order of the filter's
}

// Marked is an [Exclusion] on record.
type Marked struct {
	Text   string // see there
	Preset bool   // see there
}

// ParseMark reads what a record has under "$comment", false if that is not ours.
func ParseMark(comment string) (m Mark, ok bool) {
	rest, ok := strings.CutPrefix(comment, "cargohome: ")
	if !ok {
		return m, false
	}
	if m.Stub = strings.HasPrefix(rest, "stub"); m.Stub {
		return m, true
	}
	rest, ok = strings.CutPrefix(rest, "without")
	for ok && strings.HasPrefix(rest, ` "`) {
		quoted, err := strconv.QuotedPrefix(rest[1:])
		if err != nil {
			return m, false
		}
		var e Marked
		e.Text, _ = strconv.Unquote(quoted) // as it has quotes around it
		rest, e.Preset = strings.CutPrefix(rest[1+len(quoted):], "?")
		m.Exclude = append(m.Exclude, e)
	}
	return m, ok
}

// appendRecord appends the checksum file of the step's folder. Cargo's own comment gives
// way to a mark, which has its key.
func (s *Step) appendRecord(b []byte, files []archive.File) []byte {
	b = appendChecksumFile(b, files, s.Checksum, s.comments())
	if !s.out.marked() {
		return b
	}
	return s.out.mark(b[:len(b)-1])
}

// comments reports whether the record of the step's folder has cargo's comment.
func (s *Step) comments() bool { return s.rule.Has(compat.Comment) && !s.out.marked() }

// cutMark returns the record as it would be without the mark, which must be of the same
// filter, and takes what was left out from there. A record without a mark is of a whole
// folder, and is that also if the filter does not apply to it.
func (o *leaving) cutMark(record []byte) ([]byte, bool) {
	if o == nil {
		return record, true
	}
	o.left = Left{}
	at := bytes.LastIndex(record, []byte(markKey))
	if o.applies = at >= 0; !o.applies {
		return record, !o.Stub
	}
	numbers := record[max(bytes.LastIndexByte(record, ';'), at):]
	_, err := fmt.Sscanf(string(numbers), `; left out: %d files, %d bytes"}`, &o.left.Files, &o.left.Bytes)
	if err != nil || o.left.Files < 0 || o.left.Bytes < 0 || !bytes.Equal(record[at:], o.mark(nil)) {
		o.left = Left{}
		return record, false
	}
	for _, e := range o.Exclude {
		e.used.Store(true) // some of them took that away
	}
	return append(record[:at:at], '}'), true
}

// marked reports whether the record has a mark.
func (o *leaving) marked() bool { return o != nil && o.applies }

// agrees reports whether the files on record could be there with the filter.
func (o *leaving) agrees(files []archive.File) bool {
	if o == nil || o.applies {
		return true
	}
	return !slices.ContainsFunc(files, func(f archive.File) bool { return o.matching(f.Path) != nil }) && o.err == nil
}

// maxMatching bounds the steps in which a path is held against exclusions, for each of its
// bytes and 64 more: some hundred exclusions, and 20 seconds for all files that a package may
// have.
const maxMatching = 128

// matching returns the first exclusion that takes a file, nil if none does, or if there is an
// error.
func (o *leaving) matching(file string) *Exclusion {
	limit := maxMatching * (64 + len(file))
	left := limit
	for _, e := range o.Exclude {
		covers, steps := e.Path.Covers(file)
		if left -= steps; left < 0 {
			o.err = fmt.Errorf("%s: %w", file, &archive.LimitError{What: "steps of work to see whether it is excluded", Limit: int64(limit)})
		}
		switch {
		case o.err != nil:
			return nil
		case covers:
			return e
		}
	}
	return nil
}

// ExcludedError says that an exclusion takes a file that a build needs.
type ExcludedError struct {
	File      string // in the package
	Exclusion string // as the user gave it
	By        string // who needs it: "the root of its library", "included by src/lib.rs:3"
}

func (e *ExcludedError) Error() string {
	return fmt.Sprintf("the exclusion %s takes away %s, %s", e.Exclusion, e.File, e.By)
}

// Hint says what to do instead.
func (e *ExcludedError) Hint() string {
	return fmt.Sprintf("exclude less than %s, so that %s stays", e.Exclusion, path.Base(e.File))
}
