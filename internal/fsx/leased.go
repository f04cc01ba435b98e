package fsx

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// OpenHere opens the regular file at path itself, with flags of [os.OpenFile]: as
// [OpenRegular] does, but a link is refused.
func OpenHere(path string, flags int, mode fs.FileMode) (*os.File, error) {
	if err := checkRegular(os.Lstat(path)); errors.Is(err, ErrNotRegular) {
		return nil, withPath(path, err)
	}
	f, err := openSoon(path, flags|openFlags|noFollow, mode)
	if err != nil {
		return nil, err
	}
	if err := checkRegular(f.Stat()); err != nil {
		return nil, errors.Join(withPath(path, err), f.Close())
	}
	return f, nil
}

const (
	leaseTries = 50
	leaseWait  = 2 * time.Millisecond
)

// openSoon opens a file. Another program may hold a lease on it for a moment, such as
// one that looks whether the file is in use: who will not wait is then sent away.
func openSoon(path string, flags int, mode fs.FileMode) (f *os.File, err error) {
	for range leaseTries {
		if f, err = os.OpenFile(path, flags, mode); !isLeased(err) {
			break
		}
		time.Sleep(leaseWait)
	}
	return f, err
}
