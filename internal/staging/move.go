package staging

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// rename moves what is at from to the path to.
func rename(from, to string) error {
	if err := Point(OpRename, to); err != nil {
		return err
	}
	return moveFolders(func() error { return os.Rename(from, to) }, moved{from, to})
}

// exchange swaps what is at two paths, in one step. It matches fs.ErrNotExist if
// nothing is at one of them, and fails on systems that have no such call.
func exchange(a, b string) error {
	if err := Point(OpSwap, b); err != nil {
		return err
	}
	return moveFolders(func() error { return exchangeNames(a, b) }, moved{a, b}, moved{b, a})
}

// moved is a path before and after.
type moved struct{ before, after string }

// moveFolders does a move, also of folders that their owner may not write to, as
// archives can ask for: to put a folder elsewhere its ".." is written.
func moveFolders(move func() error, all ...moved) error {
	err := move()
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	modes := make([]fs.FileMode, len(all)) // of those that were changed
	for i, m := range all {
		info, statErr := os.Lstat(m.before)
		if statErr == nil && info.IsDir() && info.Mode()&0o200 == 0 && os.Chmod(m.before, info.Mode().Perm()|0o200) == nil {
			modes[i] = info.Mode().Perm() | fs.ModeDir
		}
	}
	err = move()
	for i, m := range all {
		at := m.before
		if err == nil {
			at = m.after
		}
		if modes[i] != 0 {
			err = errors.Join(err, os.Chmod(at, modes[i].Perm()))
		}
	}
	return err
}

// makeParents makes the folders that are missing above path, and returns them,
// the outermost first. After an error none is left.
func makeParents(path string) (made []string, err error) {
	for _, dir := range missingAbove(path) {
		if err = Point(OpMkdir, dir); err == nil {
			err = os.Mkdir(dir, 0o777)
		}
		if err == nil {
			made = append(made, dir)
		} else if !errors.Is(err, fs.ErrExist) { // somebody else made it meanwhile
			break
		} else {
			err = nil
		}
	}
	if err != nil {
		removeEmpty(made)
	}
	return made, err
}

// missingAbove returns the folders that are missing above path, the outermost first.
func missingAbove(path string) (missing []string) {
	for dir := filepath.Dir(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		missing = append(missing, dir)
	}
	slices.Reverse(missing)
	return missing
}

// removeEmpty deletes folders that were made, as far as nobody put anything there.
func removeEmpty(made []string) {
	for i := len(made) - 1; i >= 0; i-- {
		_ = os.Remove(made[i])
	}
}
