package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Place is a folder in which something is held: that of its fields which is not "".
type Place struct {
	Home   string  // a Cargo home
	Packed *Packed // the archives of Home, if they are yet to be made
	Local  string  // a local registry
	Mirror string  // a mirror of either layout
}

// FindPlace finds out what is in a folder: a mirror, a local registry, or else it may be a
// Cargo home. The error is that of a mirror's record, or of a folder that is a part of a mirror.
func FindPlace(dir string) (Place, error) {
	switch _, err := ReadRecord(dir); {
	case err == nil:
		return Place{Mirror: dir}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return Place{}, err
	}
	switch {
	case !isFolder(filepath.Join(dir, IndexFolder)):
		return Place{Home: dir}, nil
	case isPart(dir):
		return Place{}, fmt.Errorf("%s: it is one registry of a mirror: name the folder of the mirror, %s", dir, filepath.Dir(dir))
	}
	return Place{Local: dir}, nil
}

// isPart reports whether a folder that has an index is the registry NAME of a mirror, which is no
// local registry of crates.io.
func isPart(dir string) bool {
	if isFolder(filepath.Join(dir, sumsFolder)) {
		return true
	}
	record, err := ReadRecord(filepath.Dir(dir))
	r := record.find(filepath.Base(dir))
	return err == nil && r != nil && !(record.Layout == Local && r.Source.IsCratesIO())
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
