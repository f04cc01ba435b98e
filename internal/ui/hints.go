package ui

import (
	"errors"
	"io/fs"
	"slices"
	"syscall"

	"cargohome/gitsrc/object"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// Hints returns what the user can do about an error: what the error says itself, and
// what its causes call for, wherever in it they are.
func Hints(err error) []string {
	var lines []string
	if own, ok := errors.AsType[Hinted](err); ok && own.Hint() != "" {
		lines = append(lines, own.Hint())
	}
	if _, ok := errors.AsType[*home.LockError](err); ok {
		return append(lines, lockHint(err))
	}
	if _, ok := errors.AsType[*RoomError](err); ok {
		return lines
	}
	if errors.Is(err, fs.ErrPermission) {
		lines = append(lines, deniedHint(err))
	}
	for _, c := range causes {
		if slices.ContainsFunc(c.errs, func(cause error) bool { return errors.Is(err, cause) }) {
			lines = append(lines, c.hint)
		}
	}
	return lines
}

// causes are failures whose remedy is the same whatever was being done. An error that
// has one of them is not to advise fetching or deleting what could not be read.
var causes = []struct {
	errs []error
	hint string
}{
	{[]error{syscall.ENOSPC, syscall.EDQUOT}, "the disk or quota is full (of bytes, or of files): make room on the file system named above"},
	{[]error{syscall.EROFS}, readOnlyHint},
	{[]error{syscall.EXDEV}, "another file system is mounted between the two that are named above: unmount it, or choose a folder without such"},
	{[]error{syscall.EMFILE, syscall.ENFILE}, "too many files are open: raise the limit (`ulimit -n`), or take fewer workers with --jobs"},
	{[]error{object.ErrDamaged}, "delete the damaged repository from git/db, or index from registry/index, and run `cargo fetch --locked` where there is a network: cargo does not mend what it has"},
}

// readOnlyHint says what can be done all the same, whichever of home and project it is.
const readOnlyHint = "the file system is mounted read-only: mount it for writing, or write elsewhere; `vendor DIR`, `pack -o FILE` and `mirror DIR` only read the home, and `check`, `verify` and `size` write nothing"

// lockHint says what to do about a lock that cannot be had.
func lockHint(err error) string {
	help := "see what is wrong with the file"
	switch {
	case errors.Is(err, fsx.ErrNotRegular):
		help = "delete it when no cargo is running: cargo makes a new one"
	case errors.Is(err, home.ErrNoLocks):
		help = "do this on the machine that has the disk"
	case errors.Is(err, fs.ErrPermission):
		help = "do this as the user whose cargo home it is, or have the file made writable for you"
		if _, info := denying(deniedPath(err)); info != nil {
			help = deniedHint(err)
		}
	case errors.Is(err, syscall.EROFS):
		return readOnlyHint
	}
	return help + "; --no-lock goes on without, if you know that no cargo is at work"
}
