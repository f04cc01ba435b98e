package verify

import (
	"context"
	"io/fs"

	"cargohome/crate/archive"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
)

const (
	maxLooked = 2 * archive.MaxEntries // names in one folder, with those below it
	maxStrays = 1000                   // that are told of
)

// strays walks through a folder for what should not be there.
type strays struct {
	*comparison
	ctx    context.Context
	looked int
	extras int
	seen   map[string]bool // folders, as far as they are some
}

// finish looks for what nothing was compared with, and returns all differences, in order
// of their paths.
func (c *comparison) finish(ctx context.Context) ([]Difference, error) {
	s := &strays{comparison: c, ctx: ctx, seen: map[string]bool{}}
	if err := s.walk(c.root, ""); err != nil {
		return nil, err
	}
	for _, path := range c.asked {
		if !s.seen[path] {
			c.add(path, Missing)
		}
	}
	return sorted(c.found), nil
}

func (s *strays) walk(d fsx.Folder, at string) error {
	s.seen[at] = true
	s.checkMode(d, at)
	list, err := d.List()
	if err != nil {
		s.add(at, Unreadable)
		return nil
	}
	if s.looked += len(list); s.looked > maxLooked {
		return &archive.LimitError{What: "names in a folder", Limit: maxLooked}
	}
	for _, e := range list {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if err := s.entry(d, e, filelist.Join(at, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// entry looks at one name. Of what should be a file all was told when it was compared.
func (s *strays) entry(d fsx.Folder, e fsx.Listed, path string) error {
	_, isFolder := s.folders[path]
	switch typ := d.Type(e); {
	case s.files[path]:
	case !isFolder:
		if s.extras++; s.extras > maxStrays {
			return &archive.LimitError{What: "names that should not be there", Limit: maxStrays}
		}
		s.add(path, Extra)
	case typ != fs.ModeDir:
		s.seen[path] = true
		s.add(path, Type)
	default:
		sub, err := d.Open(e.Name)
		if err != nil {
			s.seen[path] = true
			s.add(path, why(err))
			return nil
		}
		defer sub.Close()
		return s.walk(sub, path)
	}
	return nil
}

// checkMode: of folders of a work tree libgit2 makes some with mode 0755, whatever the
// umask lets others do.
func (s *strays) checkMode(d fsx.Folder, at string) {
	want := s.folders[at]
	self, err := d.Self()
	if got := self.Mode.Perm(); s.tellsModes() && err == nil && got != want&fs.ModePerm&^s.umask && (!s.git || got != 0o755&^s.umask) {
		s.add(at, Mode)
	}
}
