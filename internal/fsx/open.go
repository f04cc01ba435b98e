// Package fsx opens what lies on a disk, in places where somebody else may have put
// something: a pipe where a file should be, which whoever opens it waits on, a device
// that acts on being opened, a file without end. It knows nothing of Cargo.
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
)

// OpenRegular opens the regular file at path for reading, or what a link there leads
// to. Anything else is refused and never waited for: its type is looked at first, as a
// device may act on being opened, and again when it is open, which it was told not to
// wait for.
func OpenRegular(path string) (*os.File, fs.FileInfo, error) {
	if err := checkRegular(os.Stat(path)); err != nil {
		return nil, nil, withPath(path, err)
	}
	f, err := openSoon(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err := checkRegular(info, err); err != nil {
		return nil, nil, errors.Join(withPath(path, err), f.Close())
	}
	return f, info, nil
}

func checkRegular(info fs.FileInfo, err error) error {
	if err == nil && !info.Mode().IsRegular() {
		return ErrNotRegular
	}
	return err
}

// withPath names the path, unless the system's error does.
func withPath(path string, err error) error {
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
	return root, renamed(path, err)
}
