//go:build unix && !portable

package fsx

import "golang.org/x/sys/unix"

// Writable reports why nothing may be written to a folder, nil if it may, or it is not told.
func Writable(dir string) error {
	return again(func() error { return unix.Access(dir, unix.W_OK|unix.X_OK) })
}
