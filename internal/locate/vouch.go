package locate

import (
	"errors"
	"fmt"
	"io/fs"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/home"
)

// Voucher is who says which checksum an archive must have.
type Voucher string

const (
	ByLockfile Voucher = "lockfile" // and the index, if it has the package
	ByIndex    Voucher = "index"
	ByNobody   Voucher = ""
)

// Vouched is what is said about an archive.
type Vouched struct {
	Want     *crate.Checksum // that the archive must have, nil if nobody says
	By       Voucher
	Unlisted error // why the index says nothing; nil if it does
}

// Archive is a copy of id's archive, and what was said about it.
func (v Vouched) Archive(id crate.ID, copy home.Archive) archive.Archive {
	a := archive.Archive{ID: id, From: archive.Path(copy.Path), Size: copy.Size, Unvouched: v.Want == nil}
	if v.Want != nil {
		a.Checksum = *v.Want
	}
	return a
}

// DisagreementError says that a lockfile and an index have different checksums for one
// package: one of them was changed, or the archive.
type DisagreementError struct {
	Locked  crate.Checksum
	Indexed string // as the index has it, which need not be a checksum
}

func (e *DisagreementError) Error() string {
	return fmt.Sprintf("the lockfile says its checksum is %s, the index %q", e.Locked, e.Indexed)
}

// Vouch settles which checksum an archive must have: the lockfile's, nil if it has none,
// which the index must not gainsay, or else the index's. It takes what looking the
// package up in the index came to. The error is a [*DisagreementError], or one that
// matches [crate.ErrChecksum]; then nobody vouches.
func Vouch(locked *crate.Checksum, entry index.Entry, lookup error) (Vouched, error) {
	switch {
	case lookup != nil && locked == nil:
		return Vouched{Unlisted: lookup}, nil
	case lookup != nil:
		return Vouched{Want: locked, By: ByLockfile, Unlisted: lookup}, nil
	case locked == nil:
		sum, err := crate.ParseChecksum(entry.ChecksumText)
		if err != nil {
			return Vouched{}, err
		}
		return Vouched{Want: &sum, By: ByIndex}, nil
	case entry.ChecksumText != locked.String():
		return Vouched{}, &DisagreementError{*locked, entry.ChecksumText}
	}
	return Vouched{Want: locked, By: ByLockfile}, nil
}

// Notes says of which packages only the lockfile vouches, and why: a line for each
// source and reason, so that a missing index is one however many packages it has.
func Notes(packages []Package) []string {
	var notes noteCounter
	for i := range packages {
		notes.add(packages[i].ID.Source, packages[i].Unlisted)
	}
	return notes.text()
}

// noteCounter collects the packages the index does not vouch for.
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
		what := fmt.Sprintf("%d packages", n.count[key])
		if n.count[key] == 1 {
			what = "1 package"
		}
		notes = append(notes, fmt.Sprintf("%s; the lockfile alone vouches for %s", key.reason, what))
	}
	return notes
}
