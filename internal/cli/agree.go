package cli

import (
	"fmt"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// readLock is a lockfile, and where it was read.
type readLock struct {
	*lockfile.Lockfile
	path string
}

// checkAgreement refuses lockfiles of which two have different checksums for one
// package: which of them is right nobody here can say, and the order in which they are
// given must not.
func checkAgreement(locks []readLock) error {
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
				claims[k] = claim{*p.Checksum, lock.path}
			case first.sum != *p.Checksum:
				return withHint(fmt.Errorf("the lockfiles disagree about %s: %s has checksum %s, and %s has %s", p.ID, first.path, first.sum, lock.path, *p.Checksum),
					"find out which of them was changed before trusting either")
			}
		}
	}
	return nil
}
