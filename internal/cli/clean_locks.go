package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/usage"
)

// needs finds out what lockfiles need, each given by its path or by that of a folder
// with projects. It returns nil if none is given.
func (r *run) needs(ctx context.Context, h *home.Home, paths []string) (*usage.Needs, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	var locks []usage.Lock
	for _, path := range paths {
		found, err := r.findLocks(path)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			lock, err := lockfile.Read(r.path(name))
			if err != nil {
				return nil, err
			}
			locks = append(locks, usage.Lock{Name: name, Packages: packageIDs(lock)})
		}
	}
	return usage.NewNeeds(ctx, h, locks)
}

// packageIDs counts in patches that nothing uses: Cargo looks at them all the same.
func packageIDs(lock *lockfile.Lockfile) (ids []crate.ID) {
	ids = append(ids, lock.Unused...)
	for _, p := range lock.Packages {
		ids = append(ids, p.ID)
		if p.Replace != nil {
			ids = append(ids, *p.Replace)
		}
	}
	return ids
}

// findLocks returns the lockfiles that a path means: itself, or all below a folder,
// or if there are none that of the workspace the folder is in.
func (r *run) findLocks(path string) ([]string, error) {
	info, err := os.Stat(r.path(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, withHint(fmt.Errorf("there is no lockfile %s", path), "name a Cargo.lock, or a folder with projects that have one")
	case err != nil:
		return nil, err
	case !info.IsDir():
		return []string{path}, nil
	}
	found, err := locksBelow(r.path(path), path)
	if err != nil || len(found) > 0 {
		return found, err
	}
	toml, err := manifest.FindManifest(r.path(path))
	if err != nil {
		return nil, withHint(fmt.Errorf("there is no Cargo.lock in %s, nor below", path), "name a Cargo.lock, or a folder with projects that have one")
	}
	cargoHome, err := r.cargoHome()
	if err != nil {
		return nil, err
	}
	ws, err := manifest.FindWorkspace(toml, cargoHome)
	if err != nil {
		return nil, err
	}
	return []string{ws.LockPath()}, nil
}

// locksBelow passes over what Cargo makes itself, and over names with a dot.
func locksBelow(dir, name string) (found []string, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := e.Name()
		if e.IsDir() && path != dir && (strings.HasPrefix(base, ".") || base == "target" && isCache(path)) {
			return fs.SkipDir
		}
		if base == "Cargo.lock" && isFile(path) {
			rel, err := filepath.Rel(dir, path)
			found = append(found, filepath.Join(name, rel))
			return err
		}
		return nil
	})
	return found, err
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// isCache: Cargo marks the folders it builds in.
func isCache(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "CACHEDIR.TAG"))
	return err == nil
}
