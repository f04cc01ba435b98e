package fsx

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// RemoveAll deletes what has a name in the folder, with all that is in it, also where
// folders lack the owner's permissions, which archives can ask for. No link is followed,
// and a folder of another file system, or of one that is mounted there, is left as it
// is: the error then matches [ErrMount]. It is no error if nothing is there. Deleting what
// has many files takes long; it stops where it is when ctx ends.
func (d Folder) RemoveAll(ctx context.Context, name string) error {
	at, err := d.Place()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	return d.removeAll(ctx, Listed{name, Untold}, at)
}

func (d Folder) removeAll(ctx context.Context, l Listed, at Place) error {
	if l.Type != fs.ModeDir {
		failed := d.Remove(l.Name)
		if failed == nil || errors.Is(failed, fs.ErrNotExist) {
			return nil
		}
		if e, err := d.Stat(l.Name); err != nil || !e.Mode.IsDir() {
			return failed
		}
	}
	sub, err := d.OpenToEmpty(l.Name)
	if err != nil {
		return absentIsFine(err)
	}
	err = sub.empty(ctx, at)
	if closeErr := sub.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return absentIsFine(d.RemoveFolder(l.Name))
}

func absentIsFine(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// OpenToEmpty opens a folder, and makes it one that may be listed if it is not.
func (d Folder) OpenToEmpty(name string) (Folder, error) {
	sub, err := d.Open(name)
	if errors.Is(err, fs.ErrPermission) && d.ChmodChild(name, 0o700) == nil {
		sub, err = d.Open(name)
	}
	return sub, err
}

// Empty deletes all that is in the folder; see [Folder.RemoveAll].
func (d Folder) Empty(ctx context.Context) error {
	at, err := d.Place()
	if err != nil {
		return err
	}
	return d.empty(ctx, at)
}

// empty goes on after an error, unless ctx ended, and returns the first.
func (d Folder) empty(ctx context.Context, at Place) error {
	here, err := d.Place()
	if err != nil {
		return err
	}
	if here != at {
		return ErrMount
	}
	list, err := d.List()
	for _, l := range list {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed := d.removeAll(ctx, l, at)
		if errors.Is(failed, fs.ErrPermission) && d.Chmod(0o700) == nil {
			failed = d.removeAll(ctx, l, at)
		}
		if failed != nil && err == nil {
			err = named(l.Name, failed)
		}
	}
	return err
}

// named says which of many it was, unless that is said already.
func named(name string, err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err
	}
	return fmt.Errorf("%q: %w", name, err)
}
