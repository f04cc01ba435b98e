package staging

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// copyAside puts the tree at path to where it cannot be renamed: on an overlay
// file system, as containers have it, a folder of a lower layer stays where it is
// (EXDEV), but can be deleted. After an error path is as it was.
func copyAside(path, old string) error {
	if err := copyTree(path, old); err != nil {
		return errors.Join(err, RemoveAll(old))
	}
	if err := RemoveAll(path); err != nil {
		return errors.Join(err, RemoveAll(path), rename(old, path))
	}
	return nil
}

// copyTree copies files and links, with modes and the times of files. What is of
// another kind is left out: a vendor folder or a Cargo home has no use for it.
func copyTree(from, to string) error {
	var modes []func() error // of folders, when they are filled
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch e.Type() {
		case fs.ModeDir:
			modes = append(modes, func() error { return os.Chmod(target, info.Mode().Perm()) })
			return os.Mkdir(target, 0o700)
		case fs.ModeSymlink:
			return copyLink(path, target)
		case 0:
			return copyFile(path, target, info)
		}
		return nil
	})
	for i := len(modes) - 1; i >= 0 && err == nil; i-- {
		err = modes[i]()
	}
	return err
}

func copyLink(path, target string) error {
	to, err := os.Readlink(path)
	if err != nil {
		return err
	}
	return os.Symlink(to, target)
}

func copyFile(path, target string, info fs.FileInfo) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close(), os.Chmod(target, info.Mode().Perm()), os.Chtimes(target, info.ModTime(), info.ModTime()))
}
