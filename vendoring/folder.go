package vendoring

import "io/fs"

// entry is a name in a folder.
type entry struct {
	name string
	typ  fs.FileMode // only the bits of the type
}

// status is what a file system says of a file, as far as it changes with the file.
type status struct {
	size, mtime, ctime int64 // in bytes, and nanoseconds
	inode, device      uint64
	mode               uint32
}
