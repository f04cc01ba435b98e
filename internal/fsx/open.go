package fsx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var (
	// ErrNotRegular is matched by the error for a pipe, a socket, a device or a
	// folder in place of a file.
	ErrNotRegular = errors.New("it is not a regular file")
	// ErrNotFolder is matched by the error for anything in place of a folder.
	ErrNotFolder = errors.New("it is not a folder")
	// ErrTooLarge is matched by the error for a file of more bytes than allowed.
	ErrTooLarge = errors.New("it is too large")
	// ErrMount is matched by the error for a folder of another file system, which
	// nothing is deleted in.
	ErrMount = errors.New("another file system is mounted in it")
	// ErrLink is matched by the error for a link in place of a folder.
	ErrLink = errors.New("a link was put in its way")
)

// OpenRegular opens the regular file at path for reading, or what a link there leads
// to. Anything else is refused and never waited for: its type is looked at first, as a
// device may act on being opened, and again when it is open, which it was told not to
// wait for.
func OpenRegular(path string) (*os.File, fs.FileInfo, error) {
	return openRegular(path, func() (fs.FileMode, error) { return modeOf(os.Stat(path)) },
		func() (*os.File, error) { return openSoon(path, os.O_RDONLY|openFlags, 0) })
}

// OpenRegular is the function of that name for a file in the folder; a link is refused.
func (d Folder) OpenRegular(name string) (*os.File, fs.FileInfo, error) {
	return openRegular(name, func() (fs.FileMode, error) {
		e, err := d.Stat(name)
		return e.Mode, err
	}, func() (*os.File, error) { return d.openFile(name) })
}

// OpenRegularIn is [OpenRegular] for a file below root.
func OpenRegularIn(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	return openRegular(name, func() (fs.FileMode, error) { return modeOf(root.Stat(name)) },
		func() (*os.File, error) { return root.OpenFile(name, os.O_RDONLY|openFlags|largeFile, 0) })
}

// OpenHere opens the regular file at path itself, with flags of [os.OpenFile]: as
// [OpenRegular] does, but a link is refused.
func OpenHere(path string, flags int, mode fs.FileMode) (*os.File, error) {
	f, _, err := openRegular(path, func() (fs.FileMode, error) {
		mode, err := modeOf(os.Lstat(path))
		if err != nil { // opening it tells, or makes it
			return 0, nil
		}
		return mode, nil
	}, func() (*os.File, error) { return openSoon(path, flags|openFlags|noFollow, mode) })
	return f, err
}

// openRegular calls open if what look says is the mode of a regular file.
func openRegular(path string, look func() (fs.FileMode, error), open func() (*os.File, error)) (*os.File, fs.FileInfo, error) {
	if err := checkRegular(look()); err != nil {
		return nil, nil, openError(path, err)
	}
	f, err := open()
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err := checkRegular(modeOf(info, err)); err != nil {
		return nil, nil, errors.Join(openError(path, err), f.Close())
	}
	return f, info, nil
}

func modeOf(info fs.FileInfo, err error) (fs.FileMode, error) {
	if err != nil {
		return 0, err
	}
	return info.Mode(), nil
}

func checkRegular(mode fs.FileMode, err error) error {
	if err == nil && !mode.IsRegular() {
		return ErrNotRegular
	}
	return err
}

// openError names the path, unless the system's error does.
func openError(path string, err error) error {
	if _, named := errors.AsType[*fs.PathError](err); named {
		return err
	}
	return &fs.PathError{Op: "open", Path: path, Err: err}
}

// ReadRegular reads the regular file at path, which has at most limit bytes.
func ReadRegular(path string, limit int64) ([]byte, error) {
	f, info, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	return readAll(f, info, path, limit)
}

// ReadRegularIn is [ReadRegular] for a file below root.
func ReadRegularIn(root *os.Root, name string, limit int64) ([]byte, error) {
	f, info, err := OpenRegularIn(root, name)
	if err != nil {
		return nil, err
	}
	return readAll(f, info, name, limit)
}

// ReadRegular is the function of that name for a file in the folder; a link is refused.
func (d Folder) ReadRegular(name string, limit int64) ([]byte, error) {
	f, info, err := d.OpenRegular(name)
	if err != nil {
		return nil, err
	}
	return readAll(f, info, name, limit)
}

// readAll reads a file of at most limit bytes, and closes it.
func readAll(f *os.File, info fs.FileInfo, path string, limit int64) ([]byte, error) {
	defer f.Close()
	if info.Size() > limit { // what is there may still grow
		return nil, tooLarge(path, limit)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, tooLarge(path, limit)
	}
	return data, err
}

func tooLarge(path string, limit int64) error {
	return &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)}
}

// OpenRoot opens the folder at path, or that which a link there leads to, like
// [os.OpenRoot], which would wait on a pipe.
func OpenRoot(path string) (*os.Root, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: ErrNotFolder}
	}
	root, err := os.OpenRoot(path + string(os.PathSeparator)) // or what is there by now
	return root, WithPath(path, err)
}
