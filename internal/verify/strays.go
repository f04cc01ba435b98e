package verify

import (
	"context"
	"io/fs"
	"slices"
	"strings"

	"cargohome/crate/archive"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
)

const (
	maxLooked = 2 * archive.MaxEntries // names in one folder, with those below it
	maxStrays = 1000                   // that are told of
)

// listing is what a folder was found to hold.
type listing struct {
	names   []fsx.Listed // in order, with their types
	err     error        // that kept some of them from being listed
	mode    fs.FileMode  // of the folder
	modeErr error        // that kept it from being told
}

// list lists the folder at path, which is dir, once.
func (c *comparison) list(path string, dir fsx.Folder) *listing {
	l, known := c.lists[path]
	if known {
		return l
	}
	l = &listing{}
	c.lists[path] = l
	var self fsx.Entry
	self, l.modeErr = dir.Self()
	l.mode = self.Mode
	if l.err = l.read(dir, c.dirents); l.err != nil {
		return l
	}
	if c.looked += len(l.names); c.looked > maxLooked {
		l.names = nil // nothing more will be told of any
	}
	return l
}

func (l *listing) read(dir fsx.Folder, buf []byte) error {
	for e, err := range dir.Names(buf) {
		if err != nil {
			return err
		}
		e.Type = dir.Type(e)
		l.names = append(l.names, e)
	}
	slices.SortFunc(l.names, func(a, b fsx.Listed) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// hasFile reports whether there is a regular file of that name.
func (l *listing) hasFile(name string) bool {
	i, found := slices.BinarySearchFunc(l.names, name, func(e fsx.Listed, name string) int { return strings.Compare(e.Name, name) })
	return found && l.names[i].Type == 0
}

// strays walks through a folder for what should not be there.
type strays struct {
	*comparison
	ctx    context.Context
	extras int
	seen   map[string]bool // folders, as far as they are some
}

// finish looks for what nothing was compared with, and returns all differences, in order
// of their paths.
func (c *comparison) finish(ctx context.Context) ([]Difference, error) {
	s := &strays{comparison: c, ctx: ctx, seen: map[string]bool{}}
	if err := s.walk("", c.list("", c.root)); err != nil {
		return nil, err
	}
	for _, path := range c.asked {
		if !s.seen[path] {
			c.add(path, Missing)
		}
	}
	return sorted(c.found), nil
}

func (s *strays) walk(at string, l *listing) error {
	s.seen[at] = true
	s.checkMode(at, l)
	if l.err != nil {
		s.add(at, Unreadable)
		return nil
	}
	if s.looked > maxLooked {
		return &archive.LimitError{What: "names in a folder", Limit: maxLooked}
	}
	for _, e := range l.names {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if err := s.entry(e.Type, filelist.Join(at, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// entry looks at one name. Of what should be a file all was told when it was compared.
func (s *strays) entry(typ fs.FileMode, path string) error {
	if s.HasFile(path) || s.skipped[path] {
		return nil
	}
	_, isFolder := s.folders[path]
	switch {
	case !isFolder:
		if s.extras++; s.extras > maxStrays {
			return &archive.LimitError{What: "names that should not be there", Limit: maxStrays}
		}
		s.add(path, Extra)
	case typ != fs.ModeDir:
		s.seen[path] = true
		s.add(path, Type)
	default:
		l, err := s.listOf(path)
		if err != nil {
			s.seen[path] = true
			s.add(path, why(err))
			return nil
		}
		return s.walk(path, l)
	}
	return nil
}

// listOf is list for a folder that need not be open.
func (s *strays) listOf(path string) (*listing, error) {
	if l, known := s.lists[path]; known {
		return l, nil
	}
	dir, err := s.enter(path)
	if err != nil {
		return nil, err
	}
	return s.list(path, dir), nil
}

// checkMode: of folders of a work tree libgit2 makes some with mode 0755, whatever the
// umask lets others do. The bit for the group they get from the folder they are made in.
func (s *strays) checkMode(at string, l *listing) {
	want, got := s.folders[at], l.mode&(fs.ModePerm|fs.ModeSetuid|fs.ModeSticky)
	if s.tellsModes() && l.modeErr == nil && got != want&fs.ModePerm&^s.umask && (!s.git || got != 0o755&^s.umask) {
		s.add(at, Mode)
	}
}
