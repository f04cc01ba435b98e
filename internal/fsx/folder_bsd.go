//go:build unix && !linux && !portable

package fsx

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// Place tells on which file system the folder is, by its device: here nothing is mounted
// at two places.
func (d Folder) Place() (Place, error) {
	self, err := d.Self()
	return Place{dev: self.Dev}, err
}

// ChmodChild sets the mode of a folder in the folder.
func (d Folder) ChmodChild(name string, mode fs.FileMode) error {
	return pathError("chmod", name, unix.Fchmodat(d.fd, name, uint32(mode), unix.AT_SYMLINK_NOFOLLOW))
}
