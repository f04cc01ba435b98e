//go:build !linux || portable

package fsx

import (
	"errors"
	"io/fs"
)

// Sync has all that was written below the folder, files and names, be on the disk when it
// returns, as far as the system does that for what is open for reading. Links are not
// followed.
func (d Folder) Sync() error {
	list, err := d.List()
	if err != nil {
		return err
	}
	for _, l := range list {
		e, err := d.Stat(l.Name)
		switch {
		case err != nil:
			return err
		case e.Mode.IsDir():
			err = d.syncFolder(l.Name)
		case e.Mode.IsRegular():
			err = d.syncOpen(l.Name)
		}
		if err != nil {
			return err
		}
	}
	return d.syncOpen(".")
}

func (d Folder) syncFolder(name string) error {
	sub, err := d.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(sub.Sync(), sub.Close())
}

// syncOpen: Windows refuses.
func (d Folder) syncOpen(name string) error {
	f, err := d.openFile(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
