package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/locate"
	"cargohome/internal/staging"
)

// choice is what came of a candidate.
type choice struct {
	version *Version // nil if it is not held
	leftOut []LeftOut
	hidden  bool
}

// choosing is how one is made.
type choosing struct {
	*gathering
	look  lookups
	id    crate.ID
	bound *crate.Checksum // that the archive must have, nil while nobody says
	by    string          // who says so
	found *Version
	entry index.Entry // that has the line of found

	wrong     []LeftOut // copies that are not what they should be
	conflicts []LeftOut
}

// byLockfile is who says which archive it must be, if a lockfile does.
const byLockfile = "the lockfile"

// choose reads the copies of a version's archive until one is what an index says, and makes
// sure that no index says anything else.
func (g *gathering) choose(ctx context.Context, look lookups, c *candidate) choice {
	s := &choosing{gathering: g, look: look, id: crate.ID{Name: c.name, Version: c.version, Source: g.Source}}
	checksum, locked := g.locked[c.key]
	if checksum != nil {
		s.bound, s.by = checksum, byLockfile
	}
	for _, own := range []bool{true, false} {
		for i := range c.copies {
			if at := &c.copies[i]; at.store.own == own {
				s.take(ctx, at)
			}
		}
	}
	switch {
	case s.found == nil && len(s.wrong)+len(s.conflicts) == 0 && locked && g.o.Only:
		return choice{leftOut: []LeftOut{{g.Name, s.id, "", ErrNotHeld}}}
	case s.found == nil:
		return choice{leftOut: append(s.wrong, s.conflicts...)}
	}
	return choice{s.found, s.conflicts, g.isHidden(c.key, &s.entry)}
}

// isHidden reports whether a version is not to be seen.
func (g *gathering) isHidden(k key, e *index.Entry) bool {
	_, locked := g.locked[k]
	return !locked && hides(g.o.AsOf, e)
}

// take takes in one copy.
func (s *choosing) take(ctx context.Context, at *held) {
	e, err := s.look.entry(at.store, s.id)
	if err == nil && s.bound != nil && *s.bound != e.Checksum {
		s.conflicts = append(s.conflicts, s.leftOut(at, &ConflictError{*s.bound, e.Checksum, s.by}))
		if !at.store.own || s.by != byLockfile || s.o.Prune {
			return
		}
		s.bound = nil // what the mirror has stays
	}
	switch {
	case at.store.own && errors.Is(err, fs.ErrNotExist):
		return // a run that was killed left it, or it was hidden
	case err == nil && s.found == nil:
		if at.store.own {
			s.bind(e.Checksum, "the mirror")
		}
		err = s.verify(ctx, at, archive.Archive{ID: s.id, From: &at.file, Size: at.Size, Checksum: e.Checksum})
	}
	switch {
	case err != nil:
		s.wrong = append(s.wrong, s.leftOut(at, err))
	case s.found == nil:
		s.bind(e.Checksum, at.store.Dir)
		s.found = &Version{ID: s.id, Checksum: e.Checksum, Size: at.Size, File: at.file, Own: at.store.own, line: at.store}
		s.list(at, e)
	case s.found.line.own:
		was := s.found.Yanked
		s.list(at, e) // what comes is newer than what is there, as a rule
		s.found.Unyanked = was && !e.Yanked
	}
}

func (s *choosing) leftOut(at *held, err error) LeftOut {
	return LeftOut{s.Name, s.id, at.Path, err}
}

func (s *choosing) bind(sum crate.Checksum, by string) {
	if s.bound == nil {
		s.bound, s.by = &sum, by
	}
}

// list has the version have the line that a store has.
func (s *choosing) list(at *held, e index.Entry) {
	s.entry, s.found.line, s.found.Yanked = e, at.store, e.Yanked
}

// verify makes sure that an archive is what it is to be, and keeps which file that was.
func (g *gathering) verify(ctx context.Context, at *held, a archive.Archive) error {
	switch {
	case at.err != nil:
		return at.err
	case at.Size == 0:
		return locate.ErrEmpty
	}
	if at.file.Path = at.Path; at.store.fetch != nil {
		if at.store.own {
			return nil // see Remote.Stores
		}
		path, err := at.store.fetch(ctx, a.Checksum)
		if err != nil {
			return err
		}
		at.file.Path = path
	}
	if g.kept != nil {
		return g.kept.verify(ctx, g.live, at, a)
	}
	err := a.Verify(ctx)
	g.o.Read(at.Size)
	return err
}

// File is an archive that was read, of which it is known again.
type File struct {
	Path     string    // where it is
	ID       fsx.ID    // of the file that was read; zero if the system does not tell
	Modified time.Time // when it was read
}

// Open implements [archive.Opener].
func (f *File) Open() (io.ReadCloser, error) {
	if err := staging.Point(staging.OpOpen, f.Path); err != nil {
		return nil, err
	}
	opened, info, err := fsx.OpenRegular(f.Path)
	if err != nil {
		return nil, err
	}
	f.ID, f.Modified = fsx.IDOf(info), info.ModTime()
	return opened, nil
}

// Is reports whether it is certain that what has another name is the file that was read,
// and as it was then.
func (f *File) Is(e fsx.Entry) bool {
	return f.ID != fsx.ID{} && e.ID == f.ID && e.Modified.Equal(f.Modified) && e.Mode.IsRegular()
}

// ConflictError says that there are two archives of one version.
type ConflictError struct {
	Have crate.Checksum // of the one that counts
	Got  crate.Checksum // of the other
	By   string         // who says which counts
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("its index lists it with checksum %s, and %s with %s", e.Got, e.By, e.Have)
}
