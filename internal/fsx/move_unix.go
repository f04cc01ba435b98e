//go:build unix && !portable

package fsx

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// moveLooking is [Move] where no call does it: a folder can take the place of an empty
// folder only, and a file gets a second name before it loses the first.
func moveLooking(from Folder, a string, to Folder, b string) error {
	e, err := from.Stat(a)
	if err != nil {
		return err
	}
	if _, err := to.Stat(b); err == nil {
		return linkError("rename", a, b, unix.EEXIST)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if e.Mode.IsDir() {
		return Rename(from, a, to, b)
	}
	err = unix.Linkat(from.fd, a, to.fd, b, 0)
	switch {
	case err == nil:
		return from.Remove(a)
	case err == unix.EPERM || err == unix.ENOTSUP || err == unix.EMLINK: // no hard links here
		return Rename(from, a, to, b)
	}
	return linkError("rename", a, b, err)
}
