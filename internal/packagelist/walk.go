package packagelist

import (
	"slices"

	"cargohome/internal/filelist"
)

// walk lists a folder as it lies on the disk, following links. It is the
// package's own, or one that git's list has a link to.
func (l *lister) walk(dir place, isRoot bool) error {
	if !isRoot && !l.enters(dir) {
		return nil
	}
	return l.walkFolder(dir, nil, isRoot)
}

// enters says whether a folder that is not the package's own is walked.
func (l *lister) enters(dir place) bool {
	return l.filter.keeps(dir.rel, true) && !l.hasManifest(dir)
}

// hasManifest says whether there is something called Cargo.toml in dir, which
// may be a folder, but not a link to nowhere.
func (l *lister) hasManifest(dir place) bool {
	c := dir.child("Cargo.toml", placeNone, "")
	if c.kind, c.target = l.tree.at(c.path); c.kind == placeLink {
		c = l.tree.follow(c)
	}
	return c.kind != placeNone
}

// walkFolder lists what is in a folder. The paths of those it was entered from
// are in above, to notice a link back to one.
func (l *lister) walkFolder(dir place, above []string, isRoot bool) error {
	above = append(above, dir.path)
	for c := range l.tree.children(dir) {
		if err := l.visit(c); err != nil {
			return err
		}
		if err := l.walkChild(c, above, isRoot); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) walkChild(c place, above []string, inRoot bool) error {
	end := c
	if c.kind == placeLink {
		end = l.tree.follow(c)
	}
	switch {
	case end.kind == placeOutside:
		return l.outside(c)
	case end.kind == placeNone:
		l.dangling(c)
		return nil
	case end.kind != placeFolder:
		return l.file(end)
	case c.kind == placeLink && slices.Contains(above, end.path):
		l.warn("link %q leads back to a folder it lies in", c.path)
		return nil
	case inRoot && filelist.Base(c.rel) == "target", !l.enters(end):
		return nil
	default:
		return l.walkFolder(end, above, false)
	}
}
