//go:build unix

package staging

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Hopeless reports whether an error of writing says that nothing more can be
// written to the file system.
func Hopeless(err error) bool {
	return Full(err) || errors.Is(err, unix.EROFS)
}

// Full reports whether an error of writing says that there is no room, or none left of what
// the user may have.
func Full(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

const errOtherDevice = unix.EXDEV
