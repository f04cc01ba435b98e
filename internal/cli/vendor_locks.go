package cli

import (
	"fmt"

	"cargohome/crate"
)

// checkLocks refuses lockfiles that do not say which commit cargo would take, and
// warns of what cargo will not build from the vendor folder.
func (r *run) checkLocks(locks []readLock) error {
	for _, lock := range locks {
		if err := lock.CheckCommits(); err != nil {
			return err
		}
		for _, source := range lock.Misread() {
			r.out.warning(fmt.Sprintf("the lockfile is of version %d, by which cargo does not recognise %s: set `version = 4` in it and run `cargo fetch` before building from the vendor folder",
				lock.Version, crate.Redact(source.ConfigKey())))
		}
	}
	return nil
}
