package locate

import (
	"fmt"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/home"
)

// Voucher is who says which checksum an archive must have.
type Voucher string

// Who does.
const (
	ByLockfile Voucher = "lockfile" // and the index, if it has the package
	ByIndex    Voucher = "index"    // alone
	ByNobody   Voucher = ""
)

// Vouched is what is said about an archive.
type Vouched struct {
	Want     *crate.Checksum // that the archive must have, nil if nobody says
	By       Voucher         // who says so
	Unlisted error           // why the index says nothing; nil if it does
}

// Archive is a copy of id's archive, and what was said about it.
func (v Vouched) Archive(id crate.ID, at home.Archive) archive.Archive {
	a := archive.Archive{ID: id, From: archive.Path(at.Path), Size: at.Size, Unvouched: v.Want == nil}
	if v.Want != nil {
		a.Checksum = *v.Want
	}
	return a
}

// DisagreementError says that a lockfile and an index have different checksums for one
// package: one of them was changed, or the archive.
type DisagreementError struct {
	Locked  crate.Checksum // the lockfile's
	Indexed string         // as the index has it, which need not be a checksum
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
