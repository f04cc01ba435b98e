package project

import (
	"fmt"

	"cargohome/crate"
)

// DisagreementError says that two lockfiles have different checksums for one package.
type DisagreementError struct {
	ID    crate.ID          // of the package
	Paths [2]string         // of the lockfiles
	Sums  [2]crate.Checksum // that they have for it
}

func (e *DisagreementError) Error() string {
	return fmt.Sprintf("the lockfiles disagree about %s: %s has checksum %s, and %s has %s", e.ID, e.Paths[0], e.Sums[0], e.Paths[1], e.Sums[1])
}

// Hint returns what the user may do about the error.
func (e *DisagreementError) Hint() string {
	return "find out which of them was changed before trusting either"
}

// checkAgreement refuses lockfiles of which two have different checksums for one
// package: which of them is right nobody here can say, and the order in which they are
// given must not.
func checkAgreement(locks []Lock) error {
	type key struct {
		name, version string
		source        crate.SourceKey
	}
	type claim struct {
		sum  crate.Checksum
		path string
	}
	if len(locks) < 2 {
		return nil
	}
	claims := map[key]claim{}
	for _, lock := range locks {
		for _, p := range lock.Packages {
			if p.Checksum == nil {
				continue
			}
			k := key{p.ID.Name, p.ID.Version, p.ID.Source.Key()}
			first, ok := claims[k]
			switch {
			case !ok:
				claims[k] = claim{*p.Checksum, lock.Path}
			case first.sum != *p.Checksum:
				return &DisagreementError{p.ID, [2]string{first.path, lock.Path}, [2]crate.Checksum{first.sum, *p.Checksum}}
			}
		}
	}
	return nil
}
