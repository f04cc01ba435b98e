//go:build !unix || portable

package fsx

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
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

// OpenFolderHere opens the folder at path itself; a link is refused.
func OpenFolderHere(path string) (Folder, error) {
	if e, err := Lstat(path); err != nil || !e.Mode.IsDir() {
		return Folder{}, errors.Join(err, &fs.PathError{Op: "open", Path: path, Err: ErrNotFolder})
	}
	return OpenFolder(path)
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

// Stat describes what has a name in the folder.
func (d Folder) Stat(name string) (Entry, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return Entry{}, err
	}
	return newEntry(info), nil
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

func (d Folder) openFile(name string) (*os.File, error) { return d.root.Open(name) }

// Read calls each with the content of a file, piece by piece, of which all but the last
// fill buf. A piece is good until the next call. An error of each ends it.
func (d Folder) Read(name string, buf []byte, each func(piece []byte) error) error {
	f, _, err := d.OpenRegular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		n, err := io.ReadFull(f, buf)
		if n > 0 {
			if err := each(buf[:n]); err != nil {
				return err
			}
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil
		default:
			return err
		}
	}
}

// IsAt reports whether an open file has a name in the folder.
func (d Folder) IsAt(name string, f *os.File) bool {
	there, err := d.root.Lstat(name)
	opened, err2 := f.Stat()
	return err == nil && err2 == nil && os.SameFile(there, opened)
}

// Link gives the file at a path, which must not be a symbolic link, another name in the
// folder. It goes by the folder's path: a Root makes hard links within itself only. The
// error matches fs.ErrExist if anything is there.
func (d Folder) Link(path, name string) error { return os.Link(path, filepath.Join(d.path, name)) }

// Symlink makes a symbolic link. The error matches fs.ErrExist if anything is there.
func (d Folder) Symlink(target, name string) error { return d.root.Symlink(target, name) }

// Readlink returns where a symbolic link leads.
func (d Folder) Readlink(name string) (string, error) { return d.root.Readlink(name) }

// Rename gives what is in one folder a name in another, in the place of a file that has
// it.
func Rename(from Folder, a string, to Folder, b string) error {
	rename := func() error { return os.Rename(filepath.Join(from.path, a), filepath.Join(to.path, b)) }
	target := func() (Entry, error) { return to.Stat(b) }
	return overReadOnly(rename, target, func(mode fs.FileMode) error { return to.root.Chmod(b, mode) })
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

// Names yields what is in the folder, in no order. buf is for other systems. After an error
// nothing more comes.
func (d Folder) Names([]byte) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		f, err := d.root.Open(".")
		if err != nil {
			yield(Listed{}, err)
			return
		}
		defer f.Close()
		for {
			entries, err := f.ReadDir(batch)
			for _, e := range entries {
				if !yield(Listed{e.Name(), e.Type()}, nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Listed{}, err)
				return
			}
		}
	}
}

const batch = 512 // names that are read at a time
