package staging

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// ReplaceFile makes data the content of the file at path, in one step: whoever
// reads it sees the old content or the new. The file's mode stays, a link is
// followed, and missing folders are made. It is synced before it takes its
// place, as it may be one that a person wrote.
func ReplaceFile(path string, data []byte) error {
	mode := fs.FileMode(0o666) &^ umask()
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	} else if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), Prefix)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
