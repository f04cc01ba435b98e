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
type Replacement struct{ path, temp string }

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
	} else if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), Prefix)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	r := &Replacement{path, f.Name()}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, r.Discard())
	}
	return r, nil
}

// Commit puts the new content in place, in one step: whoever reads the file sees
// the old content or the new.
func (r *Replacement) Commit() error {
	if err := os.Rename(r.temp, r.path); err != nil {
		return errors.Join(err, r.Discard())
	}
	return nil
}

// Discard deletes the new content.
func (r *Replacement) Discard() error { return os.Remove(r.temp) }
