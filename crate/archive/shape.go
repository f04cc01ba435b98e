package archive

import (
	"fmt"
	"io/fs"
	"strings"
)

// Shape is what paths would make of a folder that is not on a disk: no file can be where
// a folder is, and nothing where a file is, or below it. It is not safe for concurrent
// use.
type Shape struct {
	isFolder map[string]bool // what is there
	folders  int             // of them, the whole included
	last     string          // the folder last looked at
}

// NewShape returns that of an empty folder.
func NewShape() *Shape { return &Shape{isFolder: map[string]bool{"": true}, folders: 1} }

// Add adds a file, with the folders above it. The error matches ErrTaken and
// fs.ErrExist.
func (s *Shape) Add(path string) error {
	if err := s.Mkdir(parent(path), 0); err != nil {
		return err
	}
	if _, taken := s.isFolder[path]; taken {
		return errTaken("create", path)
	}
	s.isFolder[path] = false
	return nil
}

// noWhere is a Folder of which there is the shape only.
type noWhere struct{ *Shape }

// Create implements Folder.
func (n noWhere) Create(path string, _ fs.FileMode) (FileWriter, error) { return nil, n.Add(path) }

// HasFile reports whether a file was added there.
func (s *Shape) HasFile(path string) bool {
	isFolder, there := s.isFolder[path]
	return there && !isFolder
}

// Remove takes a file away.
func (s *Shape) Remove(path string) error {
	delete(s.isFolder, path)
	return nil
}

// Mkdir adds a folder with those above it, unless they are there.
func (s *Shape) Mkdir(path string, _ fs.FileMode) error {
	if path == s.last {
		return nil
	}
	there := path
	for !s.isFolder[there] {
		if _, isFile := s.isFolder[there]; isFile {
			return errTaken("create folder", there)
		}
		there = parent(there)
	}
	for rest := path; rest != there; rest = parent(rest) {
		s.isFolder[rest] = true
		s.folders++
	}
	s.last = path
	return nil
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// Folders returns how many there are, the whole included.
func (s *Shape) Folders() int { return s.folders }

func errTaken(op, path string) error {
	return fmt.Errorf("%w: %w", ErrTaken, &fs.PathError{Op: op, Path: path, Err: fs.ErrExist})
}
