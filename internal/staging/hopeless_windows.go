package staging

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Hopeless reports whether an error of writing says that nothing more can be
// written to the file system.
func Hopeless(err error) bool {
	return Full(err) || errors.Is(err, windows.ERROR_WRITE_PROTECT)
}

// Full reports whether an error of writing says that there is no room.
func Full(err error) bool { return errors.Is(err, windows.ERROR_DISK_FULL) }

const errOtherDevice = windows.ERROR_NOT_SAME_DEVICE
