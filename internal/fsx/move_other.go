//go:build unix && !linux && !darwin && !portable

package fsx

import "errors"

// Exchange is not to be had here. The error matches fs.ErrNotExist if there is nothing
// to exchange with.
func Exchange(_ Folder, a string, to Folder, b string) error {
	if _, err := to.Stat(b); err != nil {
		return err
	}
	return linkError("exchange", a, b, errors.ErrUnsupported)
}

// Move gives what is in one folder a name in another that nothing has. The error matches
// fs.ErrExist if something has it.
func Move(from Folder, a string, to Folder, b string) error { return moveLooking(from, a, to, b) }
