package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// File returns the path of the configuration file of a project, which need not
// exist: root/.cargo/config.toml, or the file without extension where there is
// one, for cargo then does not look at the other. It is an error if the path is
// taken by something that is not a regular file. Symlinks are not resolved.
func File(root string) (string, error) {
	folder := filepath.Join(root, ".cargo")
	old, current := filepath.Join(folder, "config"), filepath.Join(folder, "config.toml")
	oldInfo, currentInfo := stat(old), stat(current)
	path, info := current, currentInfo
	if oldInfo != nil && (currentInfo == nil || !os.SameFile(oldInfo, currentInfo)) {
		path, info = old, oldInfo
	}
	if info != nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: it is not a regular file", path)
	}
	return path, nil
}

// maxUp is how many folders above the project a vendor folder may be for its
// path to be written relative to the project, as in a repository of several.
const maxUp = 2

// Directory returns a destination, as typed in the folder cwd, the way the
// configuration of the project in root has to name it: relative to root if it is
// inside or at most two folders above, with '/' on every system, else absolute.
// Both folders are absolute; destination need not exist.
func Directory(root, cwd, destination string) string {
	dest := join(cwd, destination)
	if !hasDotDot(dest) {
		if rel, err := filepath.Rel(root, dest); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	// A ".." leads to where the symlink before it points, so from here on only
	// real paths count.
	dest = canonicalPrefix(dest)
	rel, err := filepath.Rel(canonical(root), dest)
	if err != nil || strings.HasPrefix(filepath.ToSlash(rel), strings.Repeat("../", maxUp+1)) {
		return filepath.ToSlash(dest)
	}
	return filepath.ToSlash(rel)
}

func hasDotDot(path string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// canonicalPrefix follows the symlinks of the part of path that exists.
func canonicalPrefix(path string) string {
	missing := ""
	for p := path; ; p = parent(p) {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			return filepath.Join(real, missing)
		}
		if p == parent(p) {
			return filepath.Clean(path)
		}
		missing = filepath.Join(filepath.Base(p), missing)
	}
}
