package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Replacement is new content for a file, written beside it and not yet in its
// place.
type Replacement struct {
	path, temp string
	made       []string // folders above it that were made
	held       *os.File // keeps others from sweeping it; nil where there are no locks
}

// NewReplacement writes data beside the file at path, so that what can fail has
// been done when Commit is called. The file's mode stays, a link is followed, and
// missing folders are made. The data is synced, as the file may be one that a
// person wrote. The caller ends it with Commit or Discard.
func NewReplacement(path string, data []byte) (*Replacement, error) {
	mode := fs.FileMode(0o666) &^ umask()
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	made, err := makeParents(path)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	Sweep(filepath.Dir(path))
	r, err := writeBeside(path, mode, data, true)
	if err != nil {
		removeEmpty(made)
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	r.made = made
	return r, nil
}

func writeBeside(path string, mode fs.FileMode, data []byte, synced bool) (*Replacement, error) {
	if err := Point(OpOpen, path); err != nil {
		return nil, err
	}
	f, held, err := createLocked(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	r := &Replacement{path: path, temp: f.Name(), held: held}
	if err := errors.Join(fill(f, mode, data, synced), f.Close()); err != nil {
		return nil, errors.Join(err, r.Discard())
	}
	return r, nil
}

// Replace puts data in the place of the file at path, or makes it, in one step. Only
// the folder that it lies in is made if missing. It is not synced: it is for what can
// be made again.
func Replace(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := Point(OpMkdir, dir); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	Sweep(dir)
	r, err := writeBeside(path, 0o666&^umask(), data, false)
	if err != nil {
		return err
	}
	return r.Commit()
}

// createLocked makes and locks a temporary file; see makeDir.
func createLocked(dir string) (f, held *os.File, err error) {
	for {
		f, err := os.CreateTemp(dir, Prefix)
		if err != nil {
			return nil, nil, err
		}
		if held, err := lock(f.Name()); err != errTaken {
			return f, held, nil
		}
		f.Close()
	}
}

func fill(f *os.File, mode fs.FileMode, data []byte, synced bool) error {
	if err := Point(OpWrite, f.Name()); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if !synced {
		return nil
	}
	if err := Point(OpSync, f.Name()); err != nil {
		return err
	}
	return f.Sync()
}

// Commit puts the new content in place, in one step: whoever reads the file sees
// the old content or the new.
func (r *Replacement) Commit() error {
	err := Point(OpRename, r.path)
	if err == nil {
		err = os.Rename(r.temp, r.path)
	}
	if err != nil {
		return errors.Join(err, r.Discard())
	}
	return r.release()
}

// Discard deletes the new content.
func (r *Replacement) Discard() error {
	err := os.Remove(r.temp)
	removeEmpty(r.made)
	return errors.Join(err, r.release())
}

func (r *Replacement) release() error {
	if r.held == nil {
		return nil
	}
	return r.held.Close()
}
