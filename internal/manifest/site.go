package manifest

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A Site is what manifests lie in: the disk, or the work tree of a repository. Its paths
// name folders and files of it, in a form of its own; nothing but it takes them apart.
type Site interface {
	// The file system takes the paths of the site. Only regular files are opened.
	fs.FS
	// Manifest returns the path of the manifest of a folder.
	Manifest(dir string) string
	// Parent returns the folder above dir, dir itself if there is none.
	Parent(dir string) string
	// Join returns the path that rel means in a manifest of the folder dir, normalised
	// as text: symbolic links are not resolved. The error matches [fs.ErrNotExist] if
	// that is not in the site.
	Join(dir, rel string) (string, error)
	// Spell returns the same path not normalised, with slashes between and before its
	// parts, so that texts which Rust's Path takes as equal become equal: ".." stays,
	// as /a/b/.. is no prefix of /a/x.
	Spell(dir, rel string) string
	// Rebase returns what a manifest of the folder to has to say for what rel means in
	// one of the folder from.
	Rebase(rel, from, to string) (string, error)
}

// A workTree is the site of a repository. Its paths are those of the file system: "a/b",
// and "." for all of it.
//
// Nothing outside the tree is read: a path of a manifest that leads out of it,
// through ".." or by being absolute, is to us one where nothing is. Symbolic
// links are resolved by the file system of the tree.
type workTree struct{ fs.FS }

func (w workTree) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(w.FS, name) }
func (w workTree) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(w.FS, name) }

func (workTree) Manifest(dir string) string { return path.Join(dir, FileName) }
func (workTree) Parent(dir string) string   { return path.Dir(dir) }

// errOutside matches [fs.ErrNotExist].
var errOutside = fmt.Errorf("it leads out of the tree: %w", fs.ErrNotExist)

// maxPath bounds a path within a tree, in bytes, as Linux does: symbolic links
// and path dependencies may go around in circles.
const maxPath = 4095

func (workTree) Join(dir, rel string) (string, error) {
	full := path.Join(dir, rel)
	if path.IsAbs(rel) || full == ".." || strings.HasPrefix(full, "../") {
		return "", errOutside
	}
	if len(full) > maxPath {
		return "", &LimitError{"bytes in a path", maxPath}
	}
	return full, nil
}

func (workTree) Spell(dir, rel string) string {
	if !path.IsAbs(rel) {
		rel = dir + "/" + rel
	}
	return strings.TrimSuffix("/"+samePath(rel), "/")
}

// Rebase returns a path that may lead out of the tree.
func (workTree) Rebase(rel, from, to string) (string, error) {
	if path.IsAbs(rel) {
		return "", fmt.Errorf("absolute path %q cannot be inherited", rel)
	}
	target := parts(path.Join(from, rel))
	base := parts(to)
	for len(target) > 0 && len(base) > 0 && target[0] == base[0] {
		target, base = target[1:], base[1:]
	}
	return strings.Join(append(slices.Repeat([]string{".."}, len(base)), target...), "/"), nil
}

// parts returns the names of a clean path, none for ".".
func parts(p string) []string {
	return slices.DeleteFunc(strings.Split(p, "/"), func(s string) bool { return s == "." })
}
