package vendoring

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// Gap is a reason for which a package cannot be vendored.
type Gap int

const (
	none         Gap = iota
	NoRegistry       // the home has no folder for the registry
	Missing          // the archive is nowhere
	Empty            // the archive has no bytes: an interrupted download
	Unreadable       // the archive is no regular file, or may not be read
	Truncated        // the archive ends too early
	Corrupt          // the archive has other bytes than the lockfile says
	Disagreeing      // the lockfile and the index name different checksums
	Unvouched        // the lockfile has no checksum
	NoRepository     // the home does not have the git repository
	NoCommit         // the repository does not have the commit
)

var gapTitles = map[Gap]string{
	NoRegistry:  "no folder in the cargo home for the registry",
	Missing:     "missing archive",
	Empty:       "empty archive, of an interrupted download",
	Unreadable:  "unreadable archive",
	Truncated:   "truncated archive",
	Corrupt:     "corrupt archive",
	Disagreeing: "checksums that disagree",
	Unvouched:   "no checksum in the lockfile",

	NoRepository: "missing git repository",
	NoCommit:     "missing commit",
}

// GapsError lists every package that cannot be vendored.
type GapsError struct {
	Gaps []GapItem // in plan order
}

// GapItem is one package of a [GapsError].
type GapItem struct {
	Gap    Gap
	ID     crate.ID
	Detail string // what exactly, if the gap alone does not say it
	Err    error  // the failure of the system behind it, if there was one
	Place  string // where it is lacking, if that is not the Cargo home
}

func (e *GapsError) add(s Step, f finding) {
	if f.gap != none {
		e.Gaps = append(e.Gaps, GapItem{f.gap, s.ID, f.detail, f.cause, f.place})
	}
}

func (e *GapsError) addCorrupt(errs []*CorruptError) {
	for _, c := range errs {
		item := GapItem{Gap: c.Gap, ID: c.ID, Detail: c.Error(), Place: c.place}
		if c.Gap == Unreadable {
			item.Err = c.Err
		}
		e.Gaps = append(e.Gaps, item)
	}
	slices.SortStableFunc(e.Gaps, func(a, b GapItem) int { return a.ID.Compare(b.ID) })
}

// Error is several lines: one for each kind of gap, below it its packages.
func (e *GapsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s cannot be vendored", count(len(e.Gaps), "package", "packages"))
	for gap := NoRegistry; gap <= NoCommit; gap++ {
		e.write(&b, gap)
	}
	return b.String()
}

func (e *GapsError) write(b *strings.Builder, gap Gap) {
	titled := false
	for _, item := range e.Gaps {
		if item.Gap != gap {
			continue
		}
		if !titled {
			fmt.Fprintf(b, "\n  %s:", gapTitles[gap])
			titled = true
		}
		fmt.Fprintf(b, "\n    %s", item.ID)
		if item.Detail != "" {
			fmt.Fprintf(b, ": %s", item.Detail)
		}
	}
}

// Unwrap returns the failures of the system among the gaps.
func (e *GapsError) Unwrap() []error {
	var errs []error
	for _, i := range e.Gaps {
		if i.Err != nil {
			errs = append(errs, i.Err)
		}
	}
	return errs
}

// Hint says what the user can do about the gaps, "" if only what [GapsError.Unwrap]
// returns could say it.
func (e *GapsError) Hint() string {
	has := func(matches func(GapItem) bool) bool { return slices.ContainsFunc(e.Gaps, matches) }
	switch {
	case has(func(i GapItem) bool { return i.Gap == Disagreeing }):
		return "find out which of lockfile, index and archive was changed before trusting any of them"
	case has(func(i GapItem) bool { return i.Gap == Unvouched }):
		return "run `cargo fetch` where there is a network: it completes the lockfile"
	case has(GapItem.stale):
		return "delete the archives that are damaged and run `cargo fetch --locked` where there is a network"
	case has(GapItem.fetchable):
		return "run `cargo fetch --locked` where there is a network, for the same cargo home"
	case has(func(i GapItem) bool { return i.Place != "" }):
		return "put them, as they should be, into what the configuration has in place of their source: cargo fetches nothing there"
	}
	return ""
}

// stale: another copy of the archive would do, and cargo fetches none while this one is
// there.
func (i GapItem) stale() bool {
	return i.Place == "" && i.Err == nil && (i.Gap == Unreadable || i.Gap == Truncated || i.Gap == Corrupt)
}

func (i GapItem) fetchable() bool { return i.Place == "" && i.Err == nil }

// Absent reports whether nothing of the package is in the Cargo home.
func (i GapItem) Absent() bool {
	switch i.Gap {
	case NoRegistry, Missing, NoRepository, NoCommit:
		return i.fetchable()
	}
	return false
}

// CorruptError says that an archive, of which there is no better copy, does not
// have the bytes that were promised.
type CorruptError struct {
	ID   crate.ID
	Path string // of the archive
	Gap  Gap    // Truncated, Corrupt or Unreadable
	Err  error

	place string // see [GapItem]
}

func (e *CorruptError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }
func (e *CorruptError) Unwrap() error { return e.Err }

// newCorruptError looks at the archive once more, to tell a download that broke
// off from other damage.
func newCorruptError(id crate.ID, a home.Archive, err error) *CorruptError {
	e := &CorruptError{ID: id, Path: a.Path, Gap: Corrupt, Err: err}
	if a.Registry == "" {
		e.place = filepath.Dir(a.Path) // a local registry
	}
	if _, read := errors.AsType[*crate.ChecksumError](err); !read {
		e.Gap = Unreadable
		return e
	}
	if f, _, openErr := fsx.OpenRegular(a.Path); openErr == nil {
		defer f.Close()
		if archive.IsTruncated(f) {
			e.Gap = Truncated
		}
	}
	return e
}

// noteCounter collects the packages the index does not vouch for, by source and
// reason, so that a missing index is one line however many packages it has.
type noteCounter struct {
	order []noteKey
	count map[noteKey]int
}

type noteKey struct {
	source crate.SourceID
	reason string
}

func (n *noteCounter) add(source crate.SourceID, reason error) {
	if reason == nil {
		return
	}
	key := noteKey{source, reason.Error()}
	if errors.Is(reason, fs.ErrNotExist) && !errors.Is(reason, index.ErrNoIndex) {
		key.reason = "the index of " + source.Display() + " does not list all packages"
	}
	if n.count == nil {
		n.count = map[noteKey]int{}
	}
	if n.count[key] == 0 {
		n.order = append(n.order, key)
	}
	n.count[key]++
}

func (n *noteCounter) text() []string {
	var notes []string
	for _, key := range n.order {
		notes = append(notes, fmt.Sprintf("%s; the lockfile alone vouches for %s",
			key.reason, count(n.count[key], "package", "packages")))
	}
	return notes
}
