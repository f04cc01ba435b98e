package fsx

import (
	"io/fs"
	"time"
)

// Entry describes what has a name in a folder, or a folder; links are not followed. The
// portable way, and Windows, do not tell all of it.
type Entry struct {
	ID                    // zero if not told
	Mode      fs.FileMode // what is neither file, folder nor link is irregular
	Owner     uint32      // user id, 0 if not told
	Group     uint32      // group id, 0 if not told
	Links     uint64      // how many names a file has, 1 if not told
	Size      int64       // in bytes
	Allocated int64       // in bytes on the disk, Size if not told
	Modified  time.Time   // of the content
	Accessed  time.Time   // Modified if not told
	Changed   time.Time   // of anything about it, by the kernel's clock; zero if not told
}

// ID tells files apart: the device and the inode. The zero ID is that of none.
type ID struct {
	Dev, Ino uint64 // as the system numbers them
}

// Identify tells which folder is at a path. It is the zero ID if that cannot be told.
func Identify(path string) ID {
	dir, err := OpenFolder(path)
	if err != nil {
		return ID{}
	}
	defer dir.Close()
	self, _ := dir.Self()
	return self.ID
}

// StatBelow describes what is at a path below the folder. Links on the way there are
// followed: it is for who looks at each folder on the way as well.
func (d Folder) StatBelow(path string) (Entry, error) { return d.Stat(path) }

// Place is the file system that a folder is on, and the mount it was reached by: one
// file system can be mounted at several places, and renaming leads from none of them to
// another.
type Place struct{ dev, mount uint64 }
