package locate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

// Reason is why no build accepts a package as it is, or none finds it.
type Reason int

// The reasons, in the order in which they are told.
const (
	NoRegistry   Reason = iota + 1 // the home has no folder for the registry
	Missing                        // the archive is nowhere, or no folder of a directory source has the package
	Empty                          // the archive has no bytes: an interrupted download
	Unreadable                     // the archive is no regular file, or may not be read
	Truncated                      // the archive ends too early
	Corrupt                        // the archive has other bytes than the lockfile says
	Disagreeing                    // the lockfile and the index name different checksums
	Unvouched                      // the lockfile has no checksum
	NoEntry                        // the index does not list the package
	NoRepository                   // the home does not have the git repository
	NoCommit                       // the repository does not have the commit
)

var titles = map[Reason]string{
	NoRegistry:  "no folder in the cargo home for the registry",
	Missing:     "missing archive",
	Empty:       "empty archive, of an interrupted download",
	Unreadable:  "unreadable archive",
	Truncated:   "truncated archive",
	Corrupt:     "corrupt archive",
	Disagreeing: "checksums that disagree",
	Unvouched:   "no checksum in the lockfile",

	NoEntry:      "missing index entry",
	NoRepository: "missing git repository",
	NoCommit:     "missing commit",
}

// Gap is what is lacking of a package.
type Gap struct {
	Reason Reason   // why
	ID     crate.ID // of the package
	Detail string   // what exactly, "" if the reason alone says it
	Err    error    // the failure of the system behind it, nil if there was none
	Place  string   // where it is lacking, "" for the Cargo home

	Checksum *crate.Checksum // that the archive must have, nil if nobody says
}

// Why says what is lacking, without the package's name.
func (g Gap) Why() string {
	if g.Detail == "" {
		return titles[g.Reason]
	}
	return titles[g.Reason] + ": " + g.Detail
}

// Gaps is what is lacking of some packages.
type Gaps []Gap

// GapsOf returns what is lacking of packages, in their order.
func GapsOf(packages []Package) (gaps Gaps) {
	for i := range packages {
		if gap := packages[i].Gap; gap != nil {
			gaps = append(gaps, gap.Of(&packages[i]))
		}
	}
	return gaps
}

// Of is the gap with what is known of its package.
func (g Gap) Of(p *Package) Gap {
	g.Checksum = p.Package.Checksum
	return g
}

// Sort puts the gaps in Cargo's order of package ids.
func (g Gaps) Sort() {
	slices.SortStableFunc(g, func(a, b Gap) int { return a.ID.Compare(b.ID) })
}

// String is several lines, each beginning with a newline: one for each reason, below it
// its packages.
func (g Gaps) String() string {
	var b strings.Builder
	for reason := NoRegistry; reason <= NoCommit; reason++ {
		g.write(&b, reason)
	}
	return b.String()
}

func (g Gaps) write(b *strings.Builder, reason Reason) {
	titled := false
	causes := map[string]int{} // how many there are of each failure of the system
	for _, gap := range g {
		if gap.Reason != reason {
			continue
		}
		if !titled {
			fmt.Fprintf(b, "\n  %s:", titles[reason])
			titled = true
		}
		if gap.Err != nil {
			cause := fsx.WithoutPath(gap.Err).Error()
			if causes[cause]++; causes[cause] > alike {
				continue
			}
		}
		fmt.Fprintf(b, "\n    %s", gap.ID)
		if gap.Detail != "" {
			fmt.Fprintf(b, ": %s", gap.Detail)
		}
	}
	for _, cause := range slices.Sorted(maps.Keys(causes)) {
		if more := causes[cause] - alike; more > 0 {
			fmt.Fprintf(b, "\n    and %d more: %s", more, cause)
		}
	}
}

// alike is how many packages are named that the same failure of the system has kept from
// being read: all of them have one remedy.
const alike = 3

// Errs returns the failures of the system among the gaps.
func (g Gaps) Errs() (errs []error) {
	for _, gap := range g {
		if gap.Err != nil {
			errs = append(errs, gap.Err)
		}
	}
	return errs
}

// Hint says what the user can do about the gaps, "" if only what [Gaps.Errs] returns
// could say it.
func (g Gaps) Hint() string {
	has := func(matches func(Gap) bool) bool { return slices.ContainsFunc(g, matches) }
	switch {
	case has(func(gap Gap) bool { return gap.Reason == Disagreeing }):
		return "find out which of lockfile, index and archive was changed before trusting any of them"
	case has(func(gap Gap) bool { return gap.Reason == Unvouched }):
		return "run `cargo fetch` where there is a network: it completes the lockfile"
	case has(Gap.stale):
		return "delete the archives that are damaged and run `cargo fetch --locked` where there is a network"
	case has(Gap.fetchable):
		return "run `cargo fetch --locked` where there is a network, for the same cargo home"
	case has(func(gap Gap) bool { return gap.Place != "" }):
		return "put them, as they should be, into what the configuration has in place of their source: cargo fetches nothing there"
	}
	return ""
}

// stale: another copy of the archive would do, and cargo fetches none while this one is
// there.
func (g Gap) stale() bool {
	return g.fetchable() && (g.Reason == Unreadable || g.Reason == Truncated || g.Reason == Corrupt)
}

func (g Gap) fetchable() bool { return g.Place == "" && g.Err == nil }

// Absent reports whether nothing of the package is in the Cargo home.
func (g Gap) Absent() bool {
	switch g.Reason {
	case NoRegistry, Missing, NoRepository, NoCommit:
		return g.fetchable()
	}
	return false
}
