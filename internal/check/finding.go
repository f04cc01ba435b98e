package check

import (
	"cmp"
	"slices"
	"strings"

	"cargohome/crate"
)

// Finding is one thing for which a command of cargo's would fail, or which is not what it
// should be.
type Finding struct {
	Code      Code     // what sort it is
	ID        crate.ID // of the package, zero if it is about none; only its source may be known
	Path      string   // where it was looked for, absolute; "" if that is no file
	Reason    string   // a clause that says what is wrong
	Breaks    []string // command lines that fail because of it, the first that are of cargo's
	Selection []string // who needs the package: see [Needs]
	Remedy    Remedy   // what to do

	reach    reach
	manifest string // that commands have to name; "" if it is found from the current folder
}

// reach says which commands a finding breaks.
type reach uint8

const (
	all      reach = iota // every command that resolves
	fetching              // those that get the package
	building              // those that compile the package
	hidden                // none of cargo's as things are
)

// Remedy is what to do about a finding.
type Remedy struct {
	Kind    RemedyKind // what sort it is
	Command string     // a command line; "" where a person has to decide
}

// RemedyKind is what sort of remedy it is.
type RemedyKind string

// The kinds, in the order in which they are told.
const (
	Mend      RemedyKind = "mend"      // correct a file by hand, as the reason says
	Configure RemedyKind = "configure" // correct cargo's configuration
	Permit    RemedyKind = "permit"    // let the file be read, or written
	Room      RemedyKind = "room"      // make room on the disk
	Relock    RemedyKind = "relock"    // have the lockfile made anew
	Vendor    RemedyKind = "vendor"    // make the vendor folder anew
	Restore   RemedyKind = "restore"   // make anew from what the home holds
	Refetch   RemedyKind = "refetch"   // move what is damaged aside, then fetch
	Fetch     RemedyKind = "fetch"     // fetch where there is a network
)

var remedyOrder = []RemedyKind{Mend, Configure, Permit, Room, Relock, Vendor, Restore, Refetch, Fetch}

// compareFindings orders by remedy, then by code and package.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(slices.Index(remedyOrder, a.Remedy.Kind), slices.Index(remedyOrder, b.Remedy.Kind)),
		strings.Compare(a.Remedy.Command, b.Remedy.Command),
		strings.Compare(string(a.Code), string(b.Code)),
		a.ID.Compare(b.ID),
		strings.Compare(a.Path, b.Path),
		strings.Compare(a.Reason, b.Reason),
	)
}
