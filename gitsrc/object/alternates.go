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

// maxAlternateDepth is how many folders in a row libgit2 follows (libgit2 1.9:
// GIT_ALTERNATES_MAX_DEPTH).
const maxAlternateDepth = 5

// addAlternates adds the folders that those known name in info/alternates, and
// those that they name, in order. One that is gone, or not to be read, is passed over.
func (db *DB) addAlternates(home string) error {
	seen := map[string]bool{db.dirs[0].path: true}
	name := filepath.Join("info", "alternates")
	for i := 0; i < len(db.dirs); i++ { // dirs grows
		from := db.dirs[i]
		if db.strict && from.depth > maxAlternateDepth {
			continue
		}
		data, err := fsx.ReadRegularIn(from.root, name, maxAlternatesFile)
		if errors.Is(err, fs.ErrNotExist) || err != nil && db.strict && !isSeen(from.root, name) {
			continue
		}
		if err != nil {
			return err
		}
		for line := range strings.FieldsFuncSeq(string(data), func(r rune) bool { return r == '\n' || r == '\r' }) {
			path := db.alternate(from.path, line)
			if line[0] == '#' || seen[path] {
				continue
			}
			seen[path] = true
			known := len(db.dirs)
			if err := db.addAlternate(home, path); err != nil {
				return fmt.Errorf("alternate %q: %w", path, err)
			}
			for _, d := range db.dirs[known:] {
				d.depth, d.relative = from.depth+1, from.relative || i == 0 && line[0] == '.'
			}
		}
	}
	return nil
}

// alternate is the folder that a line means. To git a path that is not absolute is one from
// the folder of objects; to libgit2 only if it begins with a dot.
func (db *DB) alternate(objects, line string) string {
	if filepath.IsAbs(line) || db.strict && line[0] != '.' {
		path, err := filepath.Abs(line)
		if err == nil {
			return path
		}
	}
	return filepath.Join(objects, filepath.FromSlash(line))
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
	root, err := db.openAlternate(home, path)
	switch {
	case err != nil && db.strict: // libgit2 passes over whatever it cannot look at
		db.unread = append(db.unread, fmt.Errorf("%q: %w", path, fsx.WithoutPath(err)))
		return nil
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

// openAlternate opens a folder of objects that are borrowed. Who asks what Cargo would find
// goes where libgit2 does.
func (db *DB) openAlternate(home, path string) (*os.Root, error) {
	if db.strict {
		return fsx.OpenRoot(path)
	}
	return openWithin(home, path)
}

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
