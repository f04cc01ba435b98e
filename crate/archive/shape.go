package archive

import (
	"io/fs"
	"strings"
)

// shape is what the entries of an archive that is unpacked nowhere would make of a
// folder: no file can be where a folder is, and nothing where a file is, or below it.
// The zero value is an empty folder.
type shape struct {
	isFolder map[string]bool // what is there
	folders  int             // of them, the whole included
	last     string          // the folder last looked at
}

// file adds a file, or the same once more.
func (s *shape) file(path string) error {
	if err := s.folder(path[:max(strings.LastIndexByte(path, '/'), 0)]); err != nil {
		return err
	}
	if s.isFolder[path] {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	s.isFolder[path] = false
	return nil
}

// folder adds a folder with those above it, unless they are there.
func (s *shape) folder(path string) error {
	if s.isFolder == nil {
		s.isFolder, s.folders = map[string]bool{"": true}, 1
	}
	if path == s.last {
		return nil
	}
	for rest := path; !s.isFolder[rest]; rest = rest[:max(strings.LastIndexByte(rest, '/'), 0)] {
		if _, isFile := s.isFolder[rest]; isFile {
			return &fs.PathError{Op: "create folder", Path: rest, Err: fs.ErrExist}
		}
		s.isFolder[rest] = true
		s.folders++
	}
	s.last = path
	return nil
}
