package vendoring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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
		return err
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
	for _, dir := range t.Outside {
		if p.holds(dir) {
			return p.misplaced("holds", dir)
		}
		if rel, err := filepath.Rel(dir, p.Dest); err == nil && filepath.IsLocal(rel) {
			p.project = dir
		}
	}
	if t.Home == "" {
		return nil
	}
	way := wayUp(staging.Existing(p.Dest))
	for _, dir := range homeFolders(t.Home) {
		if p.holds(dir) {
			return p.misplaced("holds", dir)
		}
		if info, err := os.Stat(dir); err == nil && contains(way, info) {
			return p.misplaced("lies in the cargo home,", dir)
		}
	}
	return nil
}

func (p *Plan) misplaced(how, dir string) error {
	return fmt.Errorf("cannot vendor into %s, which %s %s: choose a folder of its own", p.Dest, how, dir)
}

// holds reports whether dir is the vendor folder, or lies in it.
func (p *Plan) holds(dir string) bool {
	if _, inside := p.nameOf(dir); inside {
		return true
	}
	info, err := os.Stat(p.Dest)
	return err == nil && contains(wayUp(dir), info)
}

// wayUp returns the folder dir, if there is one, and all above it.
func wayUp(dir string) (way []fs.FileInfo) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for {
		if info, err := os.Stat(dir); err == nil {
			way = append(way, info)
		}
		if dir == filepath.Dir(dir) {
			return way
		}
		dir = filepath.Dir(dir)
	}
}

func contains(way []fs.FileInfo, info fs.FileInfo) bool {
	return slices.ContainsFunc(way, func(above fs.FileInfo) bool { return os.SameFile(above, info) })
}

// homeFolders returns a Cargo home and Cargo's folders in it, each of which may be a
// link or a mount; not those of single packages and repositories, which are too many.
func homeFolders(home string) []string {
	folders := []string{home, filepath.Join(home, "bin")}
	folders = append(folders, foldersIn(filepath.Join(home, "git"), 1)...)
	return append(folders, foldersIn(filepath.Join(home, "registry"), 2)...)
}

// foldersIn returns dir and the folders in it, so many levels down.
func foldersIn(dir string, levels int) []string {
	folders := []string{dir}
	if levels == 0 {
		return folders
	}
	entries, _ := os.ReadDir(dir) // what cannot be read cannot be told from others
	for _, e := range entries {
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			folders = append(folders, foldersIn(filepath.Join(dir, e.Name()), levels-1)...)
		}
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
