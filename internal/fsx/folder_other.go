//go:build !unix || portable

package fsx

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Folder is an open folder. Names that its methods are given are single path elements,
// and no link leads out of it. Renaming goes by paths here.
type Folder struct {
	root *os.Root
	path string
}

// OpenFolder opens the folder at path, or that which links lead to. The caller closes
// it.
func OpenFolder(path string) (Folder, error) {
	root, err := OpenRoot(path)
	return Folder{root, path}, err
}

// Open opens a folder in the folder.
func (d Folder) Open(name string) (Folder, error) {
	if e, err := d.Stat(name); err != nil || !e.Mode.IsDir() {
		return Folder{}, errors.Join(err, &fs.PathError{Op: "open", Path: name, Err: ErrNotFolder})
	}
	root, err := d.root.OpenRoot(name)
	return Folder{root, filepath.Join(d.path, name)}, err
}

// Enter is Open that follows a link.
func (d Folder) Enter(name string) (Folder, error) { return OpenFolder(filepath.Join(d.path, name)) }

// Close closes the folder.
func (d Folder) Close() error { return d.root.Close() }

// Root is what the folder is reached by, its own.
func (d Folder) Root() *os.Root { return d.root }

// Stat describes what has a name in the folder. Files are not told apart here.
func (d Folder) Stat(name string) (Entry, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Mode: info.Mode()}, nil
}

// Self describes the folder.
func (d Folder) Self() (Entry, error) { return d.Stat(".") }

// Place is the same for all folders here.
func (d Folder) Place() (Place, error) { return Place{}, nil }

// Mkdir makes a folder.
func (d Folder) Mkdir(name string, mode fs.FileMode) error {
	return withOp("mkdir", d.root.Mkdir(name, mode))
}

// withOp says what failed by the name that it has elsewhere.
func withOp(op string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: op, Path: e.Path, Err: e.Err}
	}
	return err
}

// Remove deletes a file or a link.
func (d Folder) Remove(name string) error { return d.root.Remove(name) }

// RemoveFolder deletes an empty folder.
func (d Folder) RemoveFolder(name string) error { return d.root.Remove(name) }

// Chmod sets the folder's mode.
func (d Folder) Chmod(mode fs.FileMode) error { return d.root.Chmod(".", mode) }

// ChmodChild sets the mode of a folder in the folder.
func (d Folder) ChmodChild(name string, mode fs.FileMode) error { return d.root.Chmod(name, mode) }

// OpenFile opens a file for reading.
func (d Folder) OpenFile(name string) (*os.File, error) { return d.root.Open(name) }

// Create makes a file. The error matches fs.ErrExist if anything is there.
func (d Folder) Create(name string, mode fs.FileMode) (*os.File, error) {
	f, err := d.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	return f, withOp("open", err)
}

// SetTime sets the time of last modification, and of last access.
func (d Folder) SetTime(name string, t time.Time) error { return d.root.Chtimes(name, t, t) }

// IsAt reports whether an open file has a name in the folder.
func (d Folder) IsAt(name string, f *os.File) bool {
	there, err := d.root.Lstat(name)
	opened, err2 := f.Stat()
	return err == nil && err2 == nil && os.SameFile(there, opened)
}

// Symlink makes a symbolic link.
func (d Folder) Symlink(target, name string) error { return d.root.Symlink(target, name) }

// Readlink returns where a symbolic link leads.
func (d Folder) Readlink(name string) (string, error) { return d.root.Readlink(name) }

// Rename gives what is in one folder a name in another, in the place of a file that has
// it.
func Rename(from Folder, a string, to Folder, b string) error {
	return os.Rename(filepath.Join(from.path, a), filepath.Join(to.path, b))
}

// Exchange is not to be had here. The error matches fs.ErrNotExist if there is nothing
// to exchange with.
func Exchange(_ Folder, a string, to Folder, b string) error {
	if _, err := to.Stat(b); err != nil {
		return err
	}
	return &os.LinkError{Op: "exchange", Old: a, New: b, Err: errors.ErrUnsupported}
}

// Move gives what is in one folder a name in another that nothing has. The error matches
// fs.ErrExist if something has it.
func Move(from Folder, a string, to Folder, b string) error {
	if _, err := to.Stat(b); err == nil {
		return &os.LinkError{Op: "rename", Old: a, New: b, Err: fs.ErrExist}
	}
	return Rename(from, a, to, b)
}

// List returns what is in the folder, in no order.
func (d Folder) List() (list []Listed, err error) {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	for _, e := range entries {
		list = append(list, Listed{e.Name(), e.IsDir()})
	}
	return list, err
}
