package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"cargohome/internal/fsx"
)

// Bounds of a walk. No tree that people work in comes near them.
const (
	maxDepth   = 256     // folders in each other
	maxFolders = 5 << 20 // in all
)

// tree is what a walk found, in order of paths.
type tree struct {
	locks     []string // paths that end in Cargo.lock, whatever is there
	manifests []string // folders with a Cargo.toml
}

// walker looks for projects below a folder.
type walker struct {
	ctx  context.Context
	seen map[ident]bool // folders, and those not to be entered
	tree
}

// walk looks into the folder at dir and all below. What is in skip is not entered.
func walk(ctx context.Context, dir string, skip []string) (*tree, error) {
	w := &walker{ctx: ctx, seen: map[ident]bool{}}
	for _, path := range skip {
		_, _ = w.enter(path)
	}
	if err := w.enterAbove(dir); err != nil {
		return nil, err
	}
	l, err := w.list(dir)
	if err == nil && l != nil {
		err = w.inside(l, 0)
	}
	return &w.tree, err
}

// enterAbove keeps links from leading to a folder above dir.
func (w *walker) enterAbove(dir string) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	for up := filepath.Dir(real); up != real; real, up = up, filepath.Dir(up) {
		_, _ = w.enter(up) // one that may not be looked at leads nowhere either
	}
	return nil
}

// enter reports whether a folder is met for the first time.
func (w *walker) enter(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	id, err := identOf(path, info)
	if err != nil || w.seen[id] {
		return false, err
	}
	w.seen[id] = true
	return true, nil
}

// ident tells folders apart, whatever path leads there: by the path without links where
// the system does not.
type ident struct {
	fsx.ID
	path string
}

func identOf(path string, info fs.FileInfo) (ident, error) {
	if id := fsx.IDOf(info); id != (fsx.ID{}) {
		return ident{ID: id}, nil
	}
	real, err := filepath.EvalSymlinks(path)
	return ident{path: real}, err
}

// listing is a folder that was read.
type listing struct {
	path    string
	entries []fs.DirEntry // in order of names
	names   map[string]bool
}

func (l *listing) has(name string) bool { return l.names[name] }

// list reads a folder, nil if it was met before or is gone.
func (w *walker) list(path string) (*listing, error) {
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	if len(w.seen) > maxFolders {
		return nil, fmt.Errorf("there are more than %d folders to look for projects in", maxFolders)
	}
	first, err := w.enter(path)
	if first && err == nil {
		l := &listing{path: path, names: map[string]bool{}}
		if l.entries, err = os.ReadDir(path); err == nil {
			for _, e := range l.entries {
				l.names[e.Name()] = true
			}
			return l, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("folder %q cannot be looked into, and may hold projects: %w", path, fsx.WithoutPath(err))
	}
	return nil, err
}

// inside takes note of what a folder holds. Packages that may be vendored are judged
// together.
func (w *walker) inside(l *listing, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("folder %q: folders are nested more than %d deep", l.path, maxDepth)
	}
	var vendored []*listing
	others := 0 // packages that are not
	for _, e := range l.entries {
		sub, err := w.entry(l, e)
		switch {
		case err != nil:
			return err
		case sub == nil || sub.isCargos():
		case sub.isVendored():
			vendored = append(vendored, sub)
		default:
			if sub.has("Cargo.toml") {
				others++
			}
			if err := w.inside(sub, depth+1); err != nil {
				return err
			}
		}
	}
	if others == 0 {
		return nil
	}
	for _, sub := range vendored {
		if err := w.inside(sub, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// entry takes note of a file of a project, and reads what is a folder.
func (w *walker) entry(l *listing, e fs.DirEntry) (*listing, error) {
	path := filepath.Join(l.path, e.Name())
	switch {
	case e.Name() == "Cargo.lock":
		w.locks = append(w.locks, path)
	case e.Name() == "Cargo.toml" && e.Type()&^fs.ModeSymlink == 0:
		w.manifests = append(w.manifests, l.path)
	case versionControl[e.Name()]:
	case e.IsDir():
		return w.list(path)
	case fsx.IsLink(e.Type()):
		return w.link(path)
	}
	return nil, nil
}

// link follows a link, if it leads to a folder.
func (w *walker) link(path string) (*listing, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENOTDIR):
		return nil, nil // leads nowhere
	case err != nil:
		return nil, fmt.Errorf("link %q cannot be followed, and may lead to projects: %w", path, fsx.WithoutPath(err))
	case !info.IsDir():
		return nil, nil
	}
	return w.list(path)
}
