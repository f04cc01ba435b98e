package object

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/fsx"
)

// Bounds of objects/info/alternates.
const (
	maxAlternatesFile = 64 << 10 // bytes
	maxAlternates     = 32       // folders of objects, those of alternates included
)

// addAlternates adds the folders that those known name in info/alternates, and
// those that they name, in order. One that is gone, or not to be read, is passed over.
func (db *DB) addAlternates(home string) error {
	seen := map[string]bool{db.dirs[0].path: true}
	name := filepath.Join("info", "alternates")
	for i := 0; i < len(db.dirs); i++ { // dirs grows
		data, err := fsx.ReadRegularIn(db.dirs[i].root, name, maxAlternatesFile)
		if errors.Is(err, fs.ErrNotExist) || err != nil && db.strict && !isSeen(db.dirs[i].root, name) {
			continue
		}
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(data)) {
			path := strings.TrimRight(line, "\r\n")
			if path == "" || path[0] == '#' {
				continue
			}
			if !filepath.IsAbs(path) {
				path = filepath.Join(db.dirs[i].path, filepath.FromSlash(path))
			}
			if path = filepath.Clean(path); seen[path] {
				continue
			}
			seen[path] = true
			if err := db.addAlternate(home, path); err != nil {
				return fmt.Errorf("alternate %q: %w", path, err)
			}
		}
	}
	return nil
}

// isSeen: for libgit2 what cannot be looked at is not there (libgit2 1.9: load_alternates).
func isSeen(root *os.Root, name string) bool {
	_, err := root.Stat(name)
	return err == nil
}

func (db *DB) addAlternate(home, path string) error {
	if len(db.dirs) >= maxAlternates {
		return &LimitError{"folders of objects", maxAlternates}
	}
	root, err := openWithin(home, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		db.unread = append(db.unread, fmt.Errorf("%q, which is not there", path))
		return nil
	case errors.Is(err, errOutside):
		db.unread = append(db.unread, fmt.Errorf("%q, which %w", path, err))
		return nil
	case err != nil:
		return err
	}
	return db.add(root, path)
}

var errOutside = errors.New("lies outside the Cargo home and is not read")

// openWithin opens the folder at path if it lies below home, or below where home,
// its git folder or its repositories really are: each may be a link.
func openWithin(home, path string) (*os.Root, error) {
	db := filepath.Join(home, DBPath)
	for _, bound := range []string{db, filepath.Dir(db), home} {
		real, err := filepath.EvalSymlinks(bound)
		if err != nil {
			continue
		}
		for _, base := range []string{bound, real} {
			if rel, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(rel) {
				return fsx.OpenRootBelow(base, rel)
			}
		}
	}
	return nil, errOutside
}

// Alternates returns the folders of objects that are borrowed, in the order in which they
// are looked into.
func (db *DB) Alternates() (paths []string) {
	for _, d := range db.dirs[1:] {
		paths = append(paths, d.path)
	}
	return paths
}
