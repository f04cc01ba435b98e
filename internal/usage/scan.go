package usage

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/staging"
)

// found is what a walk is told of, one call at a time. Those of one folder come one
// after the other.
type found interface {
	item(*Item)
	part(kind Kind, folder string, e Size, links []link, count int) // what is no item, and belongs to a kind
	strange(Stranger, []link)
	problem(Problem)
}

// scan walks a home once, telling to what it finds. Nothing but a batch of names is
// kept.
type scan struct {
	ctx    context.Context
	jobs   int
	dir    string
	mounts fsx.Mounts
	builds []string // more folders that Cargo builds in, below the home
	to     found
}

// walk walks the home in dir. What cannot be read is told as a problem; the error is
// that of the home itself, or of ctx.
func walk(ctx context.Context, dir string, jobs int, builds []string, to found) error {
	top, err := fsx.OpenFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer top.Close()
	s := &scan{ctx, jobs, dir, mountsBelow(dir), builds, to}
	if self, err := top.Self(); err == nil {
		to.part(own, "", entry{Entry: self}.takes(), nil, 0)
	}
	return s.each(top, "", s.top)
}

// mountsBelow returns what is mounted in the home.
func mountsBelow(dir string) fsx.Mounts {
	top, err := fsx.OpenFolder(dir)
	if err != nil {
		return nil
	}
	defer top.Close()
	return fsx.ReadMounts().Below(top)
}

// each calls f for what is in a folder, in order of names. Databases come first: what
// checkouts share with them counts as theirs.
func (s *scan) each(dir fsx.Folder, at string, f func(dir fsx.Folder, at string, e entry) error) error {
	var entries []entry
	err := read(dir, func(e entry) error {
		entries = append(entries, e)
		return nil
	})
	s.problem(at, err)
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	if n := slices.IndexFunc(entries, func(e entry) bool { return path.Join(at, e.name) == home.DBPath }); n > 0 {
		entries = slices.Concat(entries[n:n+1], entries[:n], entries[n+1:])
	}
	for _, e := range entries {
		if err := errors.Join(s.ctx.Err(), f(dir, path.Join(at, e.name), e)); err != nil {
			return err
		}
	}
	return nil
}

func (s *scan) problem(at string, err error) {
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.to.problem(Problem{at, fsx.WithoutPath(err)})
	}
}

// top is for what lies in the home itself.
func (s *scan) top(dir fsx.Folder, at string, e entry) error {
	switch {
	case e.name == "registry" && e.Mode.IsDir():
		return s.inside(dir, at, e, own, s.registry)
	case e.name == "git" && e.Mode.IsDir():
		return s.inside(dir, at, e, own, s.git)
	case e.name == home.BinPath && e.Mode.IsDir():
		return s.bin(dir, at, e)
	case home.IsOwnFile(e.name) && e.Mode.IsRegular():
		s.count(own, "", e, 0)
		return nil
	case e.name == home.OwnPath && e.Mode.IsDir():
		t := s.measured(dir, e)
		s.problem(at, t.err)
		s.to.part(own, "", t.size, t.links, 0)
		return s.ctx.Err()
	}
	return s.elsewhere(dir, at, e)
}

// inside enters a folder, which itself counts as part of a kind.
func (s *scan) inside(dir fsx.Folder, at string, e entry, kind Kind, f func(dir fsx.Folder, at string, e entry) error) error {
	s.count(kind, folderOf(at), e, 0)
	return s.enter(dir, at, e, func(sub fsx.Folder) error { return s.each(sub, at, f) })
}

// enter calls f with a folder. One that cannot be opened is a problem.
func (s *scan) enter(dir fsx.Folder, at string, e entry, f func(sub fsx.Folder) error) error {
	sub, err := dir.Open(e.name)
	if err != nil {
		s.problem(at, err)
		return nil
	}
	defer sub.Close()
	return f(sub)
}

// folderOf returns the NAME in registry/src/NAME and the like.
func folderOf(at string) string {
	if parts := strings.SplitN(at, "/", 4); len(parts) > 2 {
		return parts[2]
	}
	return ""
}

// count tells of one entry that is no item.
func (s *scan) count(kind Kind, folder string, e entry, n int) {
	if e.Links > 1 && !e.Mode.IsDir() {
		s.to.part(kind, folder, Size{}, []link{{e.ID, e.Links, e.takes()}}, n)
		return
	}
	s.to.part(kind, folder, e.takes(), nil, n)
}

// measured measures a folder that is no item, with all in it.
func (s *scan) measured(dir fsx.Folder, e entry) *extent {
	if !e.Mode.IsDir() {
		t := &extent{}
		t.count(e)
		return t
	}
	sub, err := dir.Open(e.name)
	if err != nil {
		t := &extent{size: e.takes()}
		t.fail(fsx.WithoutPath(err))
		return t
	}
	defer sub.Close()
	return measure(s.ctx, sub)
}

func (s *scan) other(dir fsx.Folder, at string, e entry, why string) error {
	t := s.measured(dir, e)
	s.problem(at, t.err)
	if fsx.IsLink(e.Mode) && why == "" {
		why = "a link, which is not followed"
	}
	if staging.IsTemporary(e.name) && (e.Mode.IsDir() || e.Mode.IsRegular()) {
		s.to.item(s.newItem(Leftover, path.Dir(at), e.name, e, t))
		return s.ctx.Err()
	}
	s.to.strange(Stranger{at, t.size, why}, t.links)
	return s.ctx.Err()
}

func (s *scan) bin(dir fsx.Folder, at string, e entry) error {
	return s.inside(dir, at, e, binaries, func(dir fsx.Folder, at string, e entry) error {
		t := s.measured(dir, e)
		s.problem(at, t.err)
		s.to.part(binaries, "", t.size, t.links, 1)
		return nil
	})
}

// oldNames are files that only Cargos of long ago left (spec 1.2), and the mark of
// caches.
var oldNames = map[string]bool{"CACHEDIR.TAG": true, ".cargo-lock-git": true}

func (s *scan) registry(dir fsx.Folder, at string, e entry) error {
	switch at {
	case home.IndexPath:
		return s.component(dir, at, e, Index, s.folders(Index))
	case home.CachePath:
		return s.component(dir, at, e, Archive, s.containers(Archive))
	case home.SrcPath:
		return s.component(dir, at, e, Source, s.containers(Source))
	}
	return s.rest(dir, at, e)
}

func (s *scan) git(dir fsx.Folder, at string, e entry) error {
	switch at {
	case home.DBPath:
		return s.component(dir, at, e, Database, s.folders(Database))
	case home.CheckoutsPath:
		return s.component(dir, at, e, Checkout, s.containers(Checkout))
	}
	return s.rest(dir, at, e)
}

func (s *scan) rest(dir fsx.Folder, at string, e entry) error {
	if oldNames[e.name] && e.Mode.IsRegular() {
		s.count(own, "", e, 0)
		return nil
	}
	return s.other(dir, at, e, "")
}

// component enters a folder such as registry/src, if it is one.
func (s *scan) component(dir fsx.Folder, at string, e entry, kind Kind, f func(dir fsx.Folder, at string, e entry) error) error {
	if !e.Mode.IsDir() {
		return s.other(dir, at, e, "not a folder")
	}
	return s.inside(dir, at, e, kind, f)
}

// folders tells of the folders of a component that are items themselves.
func (s *scan) folders(kind Kind) func(dir fsx.Folder, at string, e entry) error {
	return func(dir fsx.Folder, at string, e entry) error {
		if !e.Mode.IsDir() || !home.IsFolderName(e.name) {
			return s.other(dir, at, e, "")
		}
		item := s.newItem(kind, e.name, "", e, s.measured(dir, e))
		if self, err := dir.Self(); err != nil || self.Dev != e.Dev {
			item.err = errors.Join(err, fsx.ErrMount)
		}
		s.to.item(item)
		return s.ctx.Err()
	}
}
