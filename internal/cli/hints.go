package cli

import (
	"errors"
	"io/fs"
	"slices"
	"syscall"

	"cargohome/gitsrc"
	"cargohome/internal/home"
)

// hints returns what the user can do about an error: what the error says itself, and
// what its causes call for, wherever in it they are.
func hints(err error) []string {
	var lines []string
	if own, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok && own.Hint() != "" {
		lines = append(lines, own.Hint())
	}
	if _, ok := errors.AsType[*home.LockError](err); ok {
		return lines // explainLock has the remedy for each cause
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
	{[]error{fs.ErrPermission}, "see who may read and write what is named above, and as which user this runs"},
	{[]error{syscall.ENOSPC, syscall.EDQUOT}, "the disk or quota is full (of bytes, or of files): make room on the file system named above"},
	{[]error{syscall.EROFS}, "the file system is mounted read-only: mount it for writing, or work on a copy"},
	{[]error{syscall.EMFILE, syscall.ENFILE}, "too many files are open: raise the limit (`ulimit -n`), or take fewer workers with --jobs"},
	{[]error{gitsrc.ErrDamaged}, "delete the damaged repository from git/db, and run `cargo fetch --locked` where there is a network: cargo does not mend what it has"},
}
