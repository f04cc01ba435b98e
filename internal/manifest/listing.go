package manifest

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// listing is a file system of which only the names are known. It has the entries of each
// folder, "." being the root.
type listing map[string][]fs.DirEntry

func newListing(files []string) listing {
	l := listing{".": nil}
	for _, f := range files {
		l.add(f, 0)
	}
	return l
}

// add adds an entry, with the folders above it.
func (l listing) add(name string, typ fs.FileMode) {
	dir := path.Dir(name)
	if _, known := l[dir]; !known {
		l[dir] = nil
		l.add(dir, fs.ModeDir)
	}
	l[dir] = append(l[dir], fs.FileInfoToDirEntry(named{path.Base(name), typ}))
}

// ReadDir implements [fs.ReadDirFS].
func (l listing) ReadDir(name string) ([]fs.DirEntry, error) {
	slices.SortFunc(l[name], func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return l[name], nil
}

// Stat implements [fs.StatFS].
func (l listing) Stat(name string) (fs.FileInfo, error) {
	for _, e := range l[path.Dir(name)] {
		if e.Name() == path.Base(name) {
			return e.Info()
		}
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// Open implements [fs.FS]: there is no content.
func (l listing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// named is what is known of an entry.
type named struct {
	name string
	mode fs.FileMode
}

func (n named) Name() string       { return n.name }
func (n named) Size() int64        { return 0 }
func (n named) Mode() fs.FileMode  { return n.mode }
func (n named) ModTime() time.Time { return time.Time{} }
func (n named) IsDir() bool        { return n.mode.IsDir() }
func (n named) Sys() any           { return nil }
