package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"cargohome/internal/fsx"
)

// LockError is why a lock that is needed cannot be had. It matches [ErrNoLocks], or
// [fsx.ErrNotRegular] for what no Cargo makes as a lock file: a link, which may lead to
// any file, a pipe, a device.
type LockError struct {
	Path string // of the lock file
	Err  error  // why it cannot be had
}

func (e *LockError) Error() string { return fmt.Sprintf("cannot lock %q: %v", e.Path, e.Err) }
func (e *LockError) Unwrap() error { return e.Err }

var (
	// ErrNoLocks is matched by the error for a file system that has no locks, or on
	// which Cargo takes none.
	ErrNoLocks = errors.New("its file system has no locks")

	// On NFS they may hang (cargo 1.95: is_on_nfs_mount).
	errOnNFS = fmt.Errorf("%w that cargo would take: it is NFS", ErrNoLocks)
)

// tryLockFile returns the locked file if it got the lock. One that is not strict may be
// locked shared in place of exclusively. The error matches fs.ErrNotExist where there is
// no home, or for looking no file.
func tryLockFile(path string, mode LockMode, strict bool) (f *os.File, held bool, err error) {
	f, exclusive, err := openLock(path, mode, strict)
	if err != nil {
		return nil, false, err
	}
	if onNFS(f) {
		return nil, false, errors.Join(errOnNFS, f.Close())
	}
	if held, err = tryLock(f, exclusive); held && isAt(f, path) {
		return f, true, nil
	}
	return nil, false, errors.Join(err, f.Close())
}

// lockError names the file once.
func lockError(path string, err error) error { return &LockError{path, fsx.WithoutPath(err)} }

// openLock opens a lock file, making it if need be. Where that is not allowed it is
// opened for reading if it is there, which will do for a shared lock.
func openLock(path string, mode LockMode, strict bool) (f *os.File, exclusive bool, err error) {
	if mode == Looking {
		f, err = fsx.OpenHere(path, os.O_RDONLY, 0)
		return f, false, err
	}
	f, err = fsx.OpenHere(path, os.O_RDWR|os.O_CREATE, 0o666)
	if strict || !isReadOnly(err) {
		return f, mode >= Adding, err
	}
	if f, err = fsx.OpenHere(path, os.O_RDONLY, 0); isReadOnly(err) {
		err = fs.ErrNotExist // as good as none
	}
	return f, false, err
}

// isAt reports whether f is what lies at path: a lock on what was deleted is no lock.
func isAt(f *os.File, path string) bool {
	there, err := os.Lstat(path)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	info, err := f.Stat()
	return err != nil || os.SameFile(info, there)
}
