package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/internal/fsx"
)

// In says in which folder something is staged; all places that it is put at lie below
// that folder.
type In struct {
	// Root is a folder that is there. Whoever runs the program gave it, so links on
	// the way to it are followed.
	Root string
	// Is, if not zero, is which folder Root was when the caller looked at it. It is an
	// error if it is another by now: who may write to a folder above can see to that.
	Is fsx.ID
	// Below leads on from there, '/'-separated; what is missing of it is made. From
	// here on a link is followed only if it is ours or root's: others may be able to
	// put one there.
	Below string
	// NoLinks says that below Root no link is followed at all.
	NoLinks bool
	// Resume, if not "", is what is staged, as a hash in hexadecimal digits: what a run left
	// that staged the same and was cut off is not swept, but taken over; see [Dir.Left].
	Resume string
}

// path is that of the folder, for people and for looking at.
func (in In) path() string { return filepath.Join(in.Root, filepath.FromSlash(in.Below)) }

// ground is an open folder, with what was made for it.
type ground struct {
	dir  fsx.Folder
	base fsx.Folder // in which the first of made lies; dir itself if nothing was made
	made []string   // each in the one before
}

func (in In) openRoot() (fsx.Folder, error) {
	root, err := fsx.OpenFolder(in.Root)
	if err != nil || in.Is == (fsx.ID{}) {
		return root, err
	}
	self, err := root.Self()
	if err == nil && self.ID != in.Is {
		err = fmt.Errorf("%s is another folder than a moment ago", in.Root)
	}
	if err != nil {
		_ = root.Close()
	}
	return root, err
}

// look opens the folder, or the last on the way that is there, and returns what is
// missing.
func (in In) look() (dir fsx.Folder, missing []string, err error) {
	root, err := in.openRoot()
	if err != nil {
		return root, nil, err
	}
	if dir, missing, err = in.descend(root, in.Root, split(in.Below), nil); err != nil || dir != root {
		_ = root.Close()
	}
	return dir, missing, err
}

// open opens the folder. The error matches fs.ErrNotExist if it is missing.
func (in In) open() (fsx.Folder, error) {
	dir, missing, err := in.look()
	if err == nil && len(missing) > 0 {
		_ = dir.Close()
		err = &fs.PathError{Op: "open", Path: in.path(), Err: fs.ErrNotExist}
	}
	return dir, err
}

// prepare opens the folder, and makes what is missing, unless others do meanwhile. The caller
// closes it.
func (in In) prepare() (g ground, err error) {
	for range tries {
		if g, err = in.tryPrepare(); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return g, err
}

func (in In) tryPrepare() (g ground, err error) {
	if g.base, g.made, err = in.look(); err != nil {
		return g, err
	}
	names := split(in.Below)
	there := joined(in.Root, names[:len(names)-len(g.made)])
	if g.dir, err = makeFolders(g.base, there, g.made); err != nil {
		_ = g.base.Close()
	}
	return g, err
}

// close closes the folder, and removes what was made if nothing was put there.
func (g ground) close() {
	removeEmpty(g.base, g.made)
	closeUnless(g.dir, g.base)
	_ = g.base.Close()
}

// spot is a place that something is put at, or taken from.
type spot struct {
	dir     fsx.Folder // that it lies in, or the nearest above that is there
	missing []string   // folders between
	base    string
	path    string // for people
	borrows bool   // dir is another's
}

// names returns the path to below the folder, as names.
func (in In) names(to string) ([]string, error) {
	rel, err := filepath.Rel(in.path(), to)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return nil, fmt.Errorf("%s does not lie in %s", to, in.path())
	}
	return split(filepath.ToSlash(rel)), nil
}

// spot opens the folder in which the path to lies, below parent, which is the folder
// itself. The caller closes it.
func (in In) spot(parent fsx.Folder, to string) (spot, error) {
	names, err := in.names(to)
	if err != nil {
		return spot{}, err
	}
	return in.spotAt(parent, in.path(), names)
}

// spotAt is spot for names, each in the one before, the first in parent, which has that
// path.
func (in In) spotAt(parent fsx.Folder, path string, names []string) (s spot, err error) {
	last := len(names) - 1
	s = spot{base: names[last], path: joined(path, names)}
	s.dir, s.missing, err = in.descend(parent, path, names[:last], nil)
	s.borrows = s.dir == parent
	return s, err
}

// checkMounts looks for what is mounted at a place, or deeper, before it is moved.
func (s spot) checkMounts(mounts fsx.Mounts) error {
	if mounts.Below(s.dir).Within(s.base) {
		return fmt.Errorf("%s: %w", s.path, fsx.ErrMount)
	}
	return nil
}

func (s spot) close() {
	if !s.borrows {
		_ = s.dir.Close()
	}
}
