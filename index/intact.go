package index

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
)

// Intact returns nil if Cargo can have the lines of a crate that is listed. In an index in
// git it asks the repository which content the crate's file has, and takes its cache file
// only if that was made of it, else the content (cargo 1.95: RemoteRegistry::load). Other
// indexes are their files.
func (x *Index) Intact(name string) error {
	if x.repo == nil {
		return nil
	}
	path, err := Path(name)
	if err != nil {
		return err
	}
	tree, err := x.repo()
	if err != nil {
		return err
	}
	id, err := tree.ID(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoCrate
	}
	if err != nil {
		return &CorruptError{filepath.Join(x.dir, ".git"), err}
	}
	if x.cachedOf(path) == id {
		return nil
	}
	if _, err := tree.File(path); err != nil {
		return &CorruptError{filepath.Join(x.dir, ".git"), err}
	}
	return nil
}

// cachedOf returns the version string of a cache file, "" if it has none that counts.
func (x *Index) cachedOf(path string) string {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	if readFile(filepath.Join(x.dir, ".cache", filepath.FromSlash(path)), buf) != nil {
		return ""
	}
	rest, _ := bytes.CutPrefix(*buf, cacheHead)
	version, _, _ := bytes.Cut(rest, []byte{0})
	return string(version)
}
