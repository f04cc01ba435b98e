package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// deniedHint says who may do what was denied, as far as the error tells where that was:
// whose the file or folder is, and who asked.
func deniedHint(err error) string {
	me := userName(os.Geteuid())
	path, info := denying(deniedPath(err))
	if info == nil {
		return "see who may read and write what is named above; this runs as " + me
	}
	mode := info.Mode().Perm()
	switch owner, told := fsx.OwnerOf(info); {
	case !told:
		return fmt.Sprintf("see who may read and write %s", path)
	case owner == os.Geteuid():
		return fmt.Sprintf("%s is yours, and has mode %04o: `chmod u+rwX` permits it, unless something else forbids", path, mode)
	default:
		name := userName(owner)
		return fmt.Sprintf("%s belongs to %s, and has mode %04o; this runs as %s: do it as %s, or have it permitted", path, name, mode, me, name)
	}
}

// deniedPath is the first path in an error that permission was denied for, "" if it has none
// that tells where that is.
func deniedPath(err error) string {
	if lock, ok := errors.AsType[*home.LockError](err); ok {
		return lock.Path
	}
	for _, err := range flat(err) {
		e, ok := err.(*fs.PathError)
		if ok && errors.Is(e.Err, fs.ErrPermission) && filepath.IsAbs(e.Path) {
			return e.Path
		}
	}
	return ""
}

// flat is an error with all that it wraps, the outermost first.
func flat(err error) []error {
	list := []error{err}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			list = append(list, flat(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			list = append(list, flat(inner)...)
		}
	}
	return list
}

// denying is what of a path cannot be used: what is there, or the folder that it is in, or would
// be in, but for the root. Those above can be entered, or it could not be looked at. It has no
// info if all is permitted.
func denying(path string) (string, fs.FileInfo) {
	for at := path; at != filepath.Dir(at); at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case err == nil && !fsx.Permits(at, info):
			return at, info
		case err == nil && at != path:
			return "", nil
		}
	}
	return "", nil
}

// userName is what a user is called, or else the number.
func userName(id int) string {
	if u, err := user.LookupId(strconv.Itoa(id)); err == nil {
		return u.Username
	}
	return fmt.Sprintf("user %d", id)
}
