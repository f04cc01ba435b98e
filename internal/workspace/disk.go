package workspace

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
	"cargohome/internal/rustpath"
)

// disk is the site of the user's own manifests. Its paths are absolute and normalised,
// in the form of the system. It has no bounds, as path dependencies may lead anywhere,
// and so do symbolic links: that is why it is no [os.Root], which follows none that
// is absolute.
type disk struct{}

// Open does not wait for the other end of a pipe.
func (disk) Open(path string) (fs.File, error) {
	f, _, err := fsx.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// ReadDir lists a folder, for targets that are found.
func (disk) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

func (disk) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

func (disk) Manifest(dir string) string { return filepath.Join(dir, manifest.FileName) }
func (disk) Parent(dir string) string   { return filepath.Dir(dir) }

func (disk) Join(dir, rel string) (string, error) { return normalize(rustpath.Join(dir, rel)), nil }

func (disk) Spell(dir, rel string) string {
	return strings.TrimSuffix(filepath.ToSlash(rustpath.Tidy(rustpath.Join(dir, rel))), "/")
}

// Rebase returns an absolute path, which means the same everywhere.
func (disk) Rebase(rel, from, _ string) (string, error) { return rustpath.Join(from, rel), nil }
