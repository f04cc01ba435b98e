package cargotest

import (
	"io/fs"
	"os"
	"path/filepath"
)

// CopyTree makes the folder to like the folder from: files, links and folders with
// their modes and times, other than those of links. Files with many names become files
// of their own.
func CopyTree(from, to string) error {
	var folders []string
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			folders = append(folders, rel)
		}
		return copyEntry(path, filepath.Join(to, rel), d.Type())
	})
	for i := len(folders) - 1; i >= 0 && err == nil; i-- { // when all that is in them is there
		err = copyAttributes(filepath.Join(from, folders[i]), filepath.Join(to, folders[i]))
	}
	return err
}

func copyEntry(from, to string, kind fs.FileMode) error {
	switch kind {
	case fs.ModeDir:
		return os.Mkdir(to, 0o700)
	case fs.ModeSymlink:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case 0:
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, data, 0o600); err != nil {
			return err
		}
		return copyAttributes(from, to)
	}
	return &fs.PathError{Op: "copy", Path: from, Err: fs.ErrInvalid}
}

func copyAttributes(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.Chmod(to, info.Mode()); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}
