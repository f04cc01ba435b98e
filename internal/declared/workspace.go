package declared

import (
	"fmt"

	"cargohome/crate"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// Workspace returns what a command in a workspace is about. The error matches
// [resolve.ErrLock] if a member is not locked.
func Workspace(lock *lockfile.Lockfile, w *workspace.Workspace) (*resolve.Workspace, error) {
	members, err := indices(lock, w.Members)
	if err != nil {
		return nil, err
	}
	defaults, err := indices(lock, w.Defaults)
	if err != nil {
		return nil, err
	}
	out := &resolve.Workspace{Members: members, Default: defaults, Current: -1, Resolver: w.Resolver}
	if m := w.Current; m != nil {
		out.Current = lock.Find(crate.ID{Name: m.Name, Version: m.Version})
	}
	return out, nil
}

// indices finds the user's own packages in a lockfile.
func indices(lock *lockfile.Lockfile, own []*manifest.Manifest) ([]int, error) {
	found := make([]int, len(own))
	for i, m := range own {
		if found[i] = lock.Find(crate.ID{Name: m.Name, Version: m.Version}); found[i] < 0 {
			return nil, fmt.Errorf("%w: it does not have the member %s v%s", resolve.ErrLock, m.Name, m.Version)
		}
	}
	return found, nil
}
