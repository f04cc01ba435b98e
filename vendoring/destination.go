package vendoring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// resolveDest follows links, as cargo does, so that staging happens where the
// folder really is.
func (p *Plan) resolveDest() error {
	real, err := filepath.EvalSymlinks(p.Dest)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(p.Dest); err == nil {
			return fmt.Errorf("%s is a link to nothing", p.Dest)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.Dest, fsx.WithoutPath(err))
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", p.Dest)
	}
	p.Dest, p.Exists = real, true
	return nil
}

// checkPlace refuses a vendor folder that holds a project or the Cargo home, or lies in
// the latter: what is read would be deleted. Folders are compared by what they are,
// whatever links and mounts lead there.
func (p *Plan) checkPlace(t Target) error {
	up := ways{}
	for _, dir := range t.Outside {
		if p.holds(realPath(dir), up) {
			return p.misplaced("holds", dir)
		}
		if rel, err := filepath.Rel(dir, p.Dest); err == nil && filepath.IsLocal(rel) {
			p.project = dir
		}
	}
	if t.Home == "" {
		return nil
	}
	dest := up.from(realPath(staging.Existing(p.Dest)))
	for _, dir := range homeFolders(t.Home) {
		if p.holds(dir, up) {
			return p.misplaced("holds", dir)
		}
		if way := up.from(dir); way.there != nil && dest.has(way.there) {
			return p.misplaced("lies in the cargo home,", dir)
		}
	}
	return nil
}

func (p *Plan) misplaced(how, dir string) error {
	return fmt.Errorf("cannot vendor into %s, which %s %s: choose a folder of its own", p.Dest, how, dir)
}

// holds reports whether dir, whose path is real, is the vendor folder, or lies in it.
func (p *Plan) holds(dir string, up ways) bool {
	if _, inside := p.nameIn(dir); inside {
		return true
	}
	dest := up.from(p.Dest).there
	return dest != nil && up.from(dir).has(dest)
}

// ways remembers the way up from each folder that was asked for, by its real path.
type ways map[string]*way

// A way is a folder, nil if there is none, and the way up from the one it is in.
type way struct {
	there fs.FileInfo
	above *way
}

func (w ways) from(dir string) *way {
	if known := w[dir]; known != nil {
		return known
	}
	here := &way{}
	w[dir] = here
	if info, err := os.Stat(dir); err == nil {
		here.there = info
	}
	if above := filepath.Dir(dir); above != dir {
		here.above = w.from(above)
	}
	return here
}

// has reports whether a folder is on the way.
func (w *way) has(folder fs.FileInfo) bool {
	for ; w != nil; w = w.above {
		if w.there != nil && os.SameFile(w.there, folder) {
			return true
		}
	}
	return false
}

// homeFolders returns the real paths of a Cargo home and of Cargo's folders in it, each of which may
// be a link or a mount; not those of single packages and repositories, which are too many.
func homeFolders(home string) []string {
	home = realPath(home)
	folders := []string{home, realPath(filepath.Join(home, "bin"))}
	folders = append(folders, foldersIn(realPath(filepath.Join(home, "git")), 1)...)
	return append(folders, foldersIn(realPath(filepath.Join(home, "registry")), 2)...)
}

// foldersIn returns dir, whose path is real, and the folders in it, so many levels down.
func foldersIn(dir string, levels int) []string {
	folders := []string{dir}
	if levels == 0 {
		return folders
	}
	entries, _ := os.ReadDir(dir) // what cannot be read cannot be told from others
	for _, e := range entries {
		at := filepath.Join(dir, e.Name())
		if fsx.IsLink(e.Type()) {
			at = realPath(at)
		} else if !e.IsDir() {
			continue
		}
		folders = append(folders, foldersIn(at, levels-1)...)
	}
	return folders
}

// nearest returns path, or the nearest above it that is there, as it is written.
func nearest(path string) string {
	for path != filepath.Dir(path) {
		if _, err := os.Stat(path); err == nil {
			break
		}
		path = filepath.Dir(path)
	}
	return path
}
