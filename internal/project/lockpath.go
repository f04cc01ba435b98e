package project

import (
	"fmt"
	"path/filepath"

	"cargohome/internal/compat"
	"cargohome/internal/config"
)

// lockPath returns the lockfile that is read for a workspace that has its own at a path.
// Where the configuration names another and the workspace has none, nobody can mean but
// that.
func (f *finder) lockPath(own string) string {
	switch {
	case f.Configured == "" || filepath.Clean(f.Configured) == own:
		return own
	case f.Rule.Has(compat.LockPath):
		return f.Configured
	case !exists(own) && exists(f.Configured):
		f.Note(fmt.Sprintf("%s is read, which resolver.lockfile-path names: the workspace has no lockfile that cargo %s would read", f.Configured, f.Rule))
		return f.Configured
	}
	f.Warn(config.ReadElsewhere(own, f.Configured))
	return own
}
