package gitsrc

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/fsx"
)

// search looks for a commit in one repository after the other.
type search struct {
	folder *Folder
	commit string
	strict bool // as libgit2 opens it
	found  *object.DB
	looked []string
	errs   []error
}

// try reports whether the repository in dir has the commit.
func (s *search) try(dir string) bool {
	if slices.Contains(s.looked, dir) {
		return false
	}
	open := s.folder.openDB
	if s.strict {
		open = s.folder.openStrict
	}
	db, err := open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	s.looked = append(s.looked, dir)
	if err == nil {
		_, err = db.Commit(s.commit)
	}
	switch {
	case err == nil:
		s.found = db
		return true
	case !errors.Is(err, fs.ErrNotExist):
		s.errs = append(s.errs, err)
	}
	return false
}

func (s *search) failure(src crate.SourceID) error {
	if len(s.errs) > 0 {
		return fmt.Errorf("%s: %w", src.Display(), errors.Join(s.errs...))
	}
	return &worktree.MissingError{Source: src, Commit: strings.ToLower(s.commit), Looked: s.looked}
}

// tryWithin is try for a repository in a work tree, reached by no link that
// leaves the work tree.
func (s *search) tryWithin(checkout, rel string) bool {
	root, err := fsx.OpenRootBelow(checkout, rel)
	if err != nil {
		return false
	}
	defer root.Close()
	if fi, err := root.Stat("objects"); err != nil || !fi.IsDir() {
		return false
	}
	return s.try(filepath.Join(checkout, rel))
}
