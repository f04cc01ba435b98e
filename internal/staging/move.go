package staging

import (
	"errors"
	"io/fs"
	"os"

	"cargohome/internal/fsx"
)

// rename moves what is at from to where nothing is. The error matches fs.ErrExist if
// something is there.
func rename(from, to spot) error {
	if err := Point(OpRename, to.path); err != nil {
		return err
	}
	move := func() error { return fsx.Move(from.dir, from.base, to.dir, to.base) }
	return withPaths("rename", from, to, moveFolders(move, moved{from, to}))
}

// exchange swaps what is at two places, in one step. It fails on systems that have no
// such call.
func exchange(a, b spot) error {
	if err := Point(OpSwap, b.path); err != nil {
		return err
	}
	swap := func() error { return fsx.Exchange(a.dir, a.base, b.dir, b.base) }
	return withPaths("exchange", a, b, moveFolders(swap, moved{a, b}, moved{b, a}))
}

// withPaths says the whole paths in place of the names.
func withPaths(op string, a, b spot, err error) error {
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return &os.LinkError{Op: op, Old: a.path, New: b.path, Err: e.Err}
	}
	return err
}

// moved is a place before and after.
type moved struct{ before, after spot }

// moveFolders does a move, also of folders that their owner may not write to, as
// archives can ask for: to put a folder elsewhere its ".." is written.
func moveFolders(move func() error, all ...moved) error {
	err := move()
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	modes := make([]fs.FileMode, len(all)) // of those that were changed
	for i, m := range all {
		e, statErr := m.before.dir.Stat(m.before.base)
		if statErr == nil && e.Mode.IsDir() && e.Mode&0o200 == 0 && m.before.dir.ChmodChild(m.before.base, e.Mode.Perm()|0o200) == nil {
			modes[i] = e.Mode
		}
	}
	err = move()
	for i, m := range all {
		at := m.before
		if err == nil {
			at = m.after
		}
		if modes[i] != 0 {
			err = errors.Join(err, at.dir.ChmodChild(at.base, modes[i].Perm()))
		}
	}
	return err
}

// isLayered reports whether a move failed because what was to be moved is in a lower
// layer of an overlay file system, where it can be deleted, but not moved.
func isLayered(err error, from, to fsx.Folder) bool {
	return errors.Is(err, errOtherDevice) && sameMount(from, to)
}
