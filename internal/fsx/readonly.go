package fsx

import (
	"errors"
	"io/fs"
)

// isReadOnly reports whether a mode of package os is that of a file with the read-only
// attribute of Windows, which keeps it from being replaced. On a folder it means nothing,
// and a link is not what it leads to.
func isReadOnly(mode fs.FileMode) bool { return mode.IsRegular() && mode&0o222 == 0 }

// overReadOnly calls rename, also if that is to take the place of a file that is read-only:
// Windows refuses to, and no other system does. The attribute is cleared then, which chmod
// does, and the second attempt counts (cargo 1.95: paths::remove_file does the same).
// Deleting needs none of it: package os has the system pass over the attribute. After an
// error the file is as it was.
func overReadOnly(rename func() error, target func() (Entry, error), chmod func(fs.FileMode) error) error {
	err := rename()
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	e, statErr := target()
	if statErr != nil || !isReadOnly(e.Mode) || chmod(e.Mode.Perm()|0o200) != nil {
		return err
	}
	if err = rename(); err != nil {
		err = errors.Join(err, chmod(e.Mode.Perm()))
	}
	return err
}
