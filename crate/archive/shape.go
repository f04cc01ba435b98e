package archive

import (
	"fmt"
	"io/fs"
	"strings"

	"cargohome/internal/staging"
)

// shape is what the entries of an archive that is unpacked nowhere would make of a
// folder: no file can be where a folder is, and nothing where a file is, or below it.
// It implements folder.
type shape struct {
	isFolder map[string]bool // what is there
	folders  int             // of them, the whole included
	last     string          // the folder last looked at
}

func newShape() *shape { return &shape{isFolder: map[string]bool{"": true}, folders: 1} }

// Create adds a file. The one returned is nil.
func (s *shape) Create(path string, mode fs.FileMode) (*staging.File, error) {
	if err := s.Mkdir(parent(path), mode); err != nil {
		return nil, err
	}
	if _, taken := s.isFolder[path]; taken {
		return nil, errTaken("create", path)
	}
	s.isFolder[path] = false
	return nil, nil
}

// Remove takes a file away.
func (s *shape) Remove(path string) error {
	delete(s.isFolder, path)
	return nil
}

// Mkdir adds a folder with those above it, unless they are there.
func (s *shape) Mkdir(path string, _ fs.FileMode) error {
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
func (s *shape) Folders() int { return s.folders }

func errTaken(op, path string) error {
	return fmt.Errorf("%w: %w", ErrTaken, &fs.PathError{Op: op, Path: path, Err: fs.ErrExist})
}
