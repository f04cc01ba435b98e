package fsx

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// OpenInRoot is [os.OpenInRoot] that waits for nothing.
func OpenInRoot(dir, name string) (*os.File, error) {
	root, err := OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(name, os.O_RDONLY|openFlags|largeFile, 0)
}

// OpenBelow is [Folder.OpenListed] for a path below the folder. Links on the way there are
// followed, one at its end is refused.
func (d Folder) OpenBelow(path string) (*Regular, error) {
	return d.OpenListed(filepath.FromSlash(path))
}

// OpenRootIn is [OpenRoot] for a folder below root. The methods of root open whatever
// has the name; only what they pass through has to be a folder.
func OpenRootIn(root *os.Root, name string) (*os.Root, error) {
	sub, err := root.OpenRoot(name + "/.")
	return sub, WithPath(name, err)
}

// OpenDirIn opens a folder below root for listing it, or for what else is done by way of an
// [os.File]; it need not be one that may be entered.
func OpenDirIn(root *os.Root, name string) (*os.File, error) {
	path := filepath.FromSlash(name)
	info, err := root.Stat(path)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	}
	var dir *os.File
	if err == nil {
		dir, err = root.OpenFile(path, os.O_RDONLY|openFlags, 0) // by now it may be a pipe
	}
	return dir, WithPath(name, err)
}

// OpenRootBelow is [OpenRootIn] for a folder whose path below another is given.
func OpenRootBelow(base, name string) (*os.Root, error) {
	outer, err := OpenRoot(base)
	if err != nil {
		return nil, err
	}
	defer outer.Close()
	return OpenRootIn(outer, name)
}

// ReadDirIn lists a folder below root, in order of names.
func ReadDirIn(root *os.Root, name string) ([]fs.DirEntry, error) {
	dir, err := OpenRootIn(root, name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return fs.ReadDir(dir.FS(), ".")
}
