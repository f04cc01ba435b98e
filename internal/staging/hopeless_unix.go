//go:build unix

package staging

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Hopeless reports whether an error of writing says that nothing more can be
// written to the file system.
func Hopeless(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EROFS)
}

const errOtherDevice = unix.EXDEV
