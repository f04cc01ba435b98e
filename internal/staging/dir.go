package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// Prefix begins the name of every temporary folder made by this package.
const Prefix = ".cargohome-tmp-"

// Dir is a temporary folder that collects what is to be published. Its methods
// are not safe for concurrent use; the trees below Fresh are.
type Dir struct {
	path string
	held *os.File // keeps others from sweeping it; nil where there are no locks
	done []move   // published so far, for undoing
}

// move is one rename that was made, and where what stood there went.
type move struct{ from, to, old string }

// New makes a temporary folder inside parent, which must exist, and deletes those
// that killed runs left there. The caller ends it with Close.
func New(parent string) (*Dir, error) {
	umask() // now, while no other goroutine creates files
	sweep(parent)
	d, err := makeDir(parent)
	if err != nil {
		return nil, err
	}
	for _, sub := range []string{d.Fresh(), d.old()} {
		if err := os.Mkdir(sub, 0o777); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

// makeDir makes and locks the folder. A neighbour that sweeps may take it for a
// leftover until it is locked, so this is tried again if it is gone by then.
func makeDir(parent string) (*Dir, error) {
	for {
		path, err := os.MkdirTemp(parent, Prefix)
		if err != nil {
			return nil, err
		}
		if held, err := lock(path); err != errTaken {
			return &Dir{path: path, held: held}, nil
		}
	}
}

// Fresh is the folder in which to write. It was created with mode 0777 under the
// umask, so it may itself be published.
func (d *Dir) Fresh() string { return filepath.Join(d.path, "new") }

func (d *Dir) old() string { return filepath.Join(d.path, "old") }

// Publish moves the file or folder from, which lies below Fresh, to the path to.
// What stands at to is moved aside first and stays restorable until Close. On
// an error to is as it was.
func (d *Dir) Publish(from, to string) error {
	old, err := d.setAside(to)
	if err != nil {
		return err
	}
	m := move{from, to, old}
	if err := rename(from, to); err != nil {
		return errors.Join(err, m.restoreOld())
	}
	d.done = append(d.done, m)
	return nil
}

// Remove moves what stands at path out of the way; Close deletes it.
func (d *Dir) Remove(path string) error {
	old, err := d.setAside(path)
	if err == nil {
		d.done = append(d.done, move{to: path, old: old})
	}
	return err
}

// setAside moves what stands at path, if anything, into the old folder and
// returns where it went.
func (d *Dir) setAside(path string) (string, error) {
	old := filepath.Join(d.old(), strconv.Itoa(len(d.done)))
	switch err := rename(path, old); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("move aside: %w", err)
	}
	return old, nil
}

// Undo takes back everything published and removed since New, last first.
func (d *Dir) Undo() error {
	var errs []error
	for len(d.done) > 0 {
		m := d.done[len(d.done)-1]
		d.done = d.done[:len(d.done)-1]
		if m.from != "" {
			errs = append(errs, rename(m.to, m.from))
		}
		errs = append(errs, m.restoreOld())
	}
	return errors.Join(errs...)
}

func (m move) restoreOld() error {
	if m.old == "" {
		return nil
	}
	return rename(m.old, m.to)
}

// rename is os.Rename for folders too that their owner may not write to, as
// archives can ask for: to put a folder elsewhere its ".." is written.
func rename(from, to string) error {
	err := os.Rename(from, to)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	info, statErr := os.Lstat(from)
	if statErr != nil || !info.IsDir() || os.Chmod(from, info.Mode().Perm()|0o200) != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Chmod(from, info.Mode().Perm()))
	}
	return os.Chmod(to, info.Mode().Perm())
}

// Close deletes the folder with all that was not published and all that was
// replaced or removed.
func (d *Dir) Close() error {
	err := RemoveAll(d.path)
	if d.held != nil {
		err = errors.Join(err, d.held.Close())
	}
	return err
}

// RemoveAll is os.RemoveAll for trees that may hold folders without the owner's
// permissions, which archives can ask for.
func RemoveAll(path string) error {
	err := os.RemoveAll(path)
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(path, func(p string, e fs.DirEntry, _ error) error {
		if e != nil && e.IsDir() {
			_ = os.Chmod(p, 0o700) // before its children are read
		}
		return nil
	})
	return os.RemoveAll(path)
}
