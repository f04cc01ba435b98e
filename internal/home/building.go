package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/fsx"
)

// ErrBuilding is matched by the error for a build folder in which something is built.
var ErrBuilding = errors.New("a build is at work in it")

// buildLocks are the files that Cargo locks while it builds, in the folder of each
// profile: PROFILE or TARGET/PROFILE (cargo 1.95: Layout::new; the second is that of
// the layout to come).
var buildLocks = []string{".cargo-lock", ".cargo-build-lock", ".cargo-artifact-lock"}

// LockBuild takes all of Cargo's locks in a build folder, without waiting: the error
// matches [ErrBuilding] if somebody has one. Where one cannot be had the error says so.
func LockBuild(dir string) (unlock func() error, err error) {
	var held []*os.File
	paths, err := buildLocksIn(dir, 2)
	for _, path := range paths {
		if err != nil {
			break
		}
		var f *os.File
		if f, err = lockNow(path); f != nil {
			held = append(held, f)
		}
	}
	if err != nil {
		return nil, errors.Join(err, closeAll(held))
	}
	return func() error { return closeAll(held) }, nil
}

// buildLocksIn finds the locks in the folders of a folder, so many levels deep.
func buildLocksIn(dir string, levels int) (paths []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		sub := filepath.Join(dir, e.Name())
		for _, name := range buildLocks {
			if path := filepath.Join(sub, name); !missing(path) {
				paths = append(paths, path)
			}
		}
		if levels > 1 {
			more, err := buildLocksIn(sub, levels-1)
			if err != nil {
				return nil, err
			}
			paths = append(paths, more...)
		}
	}
	return paths, nil
}

// lockNow returns the locked file, nil if it is gone or there are no locks on its file
// system.
func lockNow(path string) (*os.File, error) {
	f, _, err := fsx.OpenRegular(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("lock the build folder: %w", err)
	case onNFS(f):
		return nil, f.Close()
	}
	held, err := tryLock(f, true)
	if !held && err == nil {
		return nil, errors.Join(ErrBuilding, f.Close())
	}
	return f, nil // an error: there are no locks here
}
