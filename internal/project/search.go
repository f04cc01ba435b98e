package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"cargohome/internal/home"
	"cargohome/internal/lockfile"
	"cargohome/internal/workspace"
)

// Lock is a lockfile that is meant.
type Lock struct {
	Name string   // for people: as given, or below what was given
	Path string   // absolute
	Dirs []string // of members for which cargo has another configuration than for the lockfile's
	// Workspace is the one that the lockfile is for, nil if that is not known.
	Workspace *workspace.Workspace
	*lockfile.Lockfile
}

// Unlocked is a package, or a workspace, for which there is no lockfile.
type Unlocked struct {
	Name string // of its folder, for people
	Err  error  // why its Cargo.toml cannot be read, nil if it just has no lockfile

	alone string // its folder, if it is one package by itself
}

func (u Unlocked) Error() string {
	if u.Err == nil {
		return fmt.Sprintf("%q", u.Name)
	}
	return fmt.Sprintf("%q: %v", u.Name, u.Err)
}

func (u Unlocked) Unwrap() error { return u.Err }

// Search collects what paths mean. It must not be used by several goroutines at once.
type Search struct {
	Locks    []Lock     // in the order of the paths, each once
	Unlocked []Unlocked // in the order of the paths

	// Configured returns the lockfile that the configuration of a folder names to newer
	// cargos, "" for none. It may be nil. That lockfile counts besides the workspace's own.
	Configured func(dir string) string

	home   *home.Home
	locks  map[string]bool // by their paths
	locked []*workspace.Workspace
	known  map[string]bool // folders of packages whose workspace was met: whether it has a lockfile
	errs   []error
}

// NewSearch returns a search that found nothing yet. The home h helps to judge
// lockfiles, and nothing in it is searched.
func NewSearch(h *home.Home) *Search {
	return &Search{home: h, locks: map[string]bool{}, known: map[string]bool{}}
}

// NothingError says that a path means no lockfile.
type NothingError struct {
	Name     string // of the path, for people
	IsFolder bool   // or it does not exist
}

func (e *NothingError) Error() string {
	if e.IsFolder {
		return fmt.Sprintf("there is no Cargo.lock in %s, nor below", e.Name)
	}
	return "there is no lockfile " + e.Name
}

// Hint returns what the user may do about the error.
func (e *NothingError) Hint() string {
	return "name a Cargo.lock, or a folder with projects that have one"
}

// UnreadableError says that a lockfile, or a folder that may hold some, cannot be read.
type UnreadableError struct {
	Err error // of all that cannot be
}

func (e *UnreadableError) Error() string { return e.Err.Error() }
func (e *UnreadableError) Unwrap() error { return e.Err }

// Hint returns what the user may do about the error.
func (e *UnreadableError) Hint() string {
	return "what a lockfile or folder that cannot be read needs is not known: mend it, or name other ones"
}

// AddAll adds the lockfiles that paths mean, which are from the folder dir if they are not
// absolute. The error is of all of them. One that cannot be read could need anything: that
// is an [*UnreadableError].
func (s *Search) AddAll(ctx context.Context, dir string, paths []string) error {
	var errs []error
	for _, path := range paths {
		at := filepath.Clean(path)
		if !filepath.IsAbs(path) {
			at = filepath.Join(dir, path)
		}
		errs = append(errs, s.Add(ctx, at, path))
	}
	err := errors.Join(errs...)
	_, hinted := errors.AsType[interface {
		error
		Hint() string
	}](err)
	_, unread := errors.AsType[*lockfile.ParseError](err) // there may be no need to mend it
	if err == nil || hinted && !unread || ctx.Err() != nil {
		return err
	}
	return &UnreadableError{err}
}

// Add adds the lockfiles that a path means; name is how people call it. The error is
// that of all lockfiles and folders which cannot be read, or is that of ctx.
func (s *Search) Add(ctx context.Context, path, name string) error {
	s.errs = nil
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !exists(path):
		return &NothingError{name, false}
	case err == nil && info.IsDir():
		if err := s.folder(ctx, path, name); err != nil {
			return err
		}
	default:
		s.lock(path, name)
	}
	return errors.Join(s.errs...)
}

// folder adds what is in a folder and below, or if there is nothing the workspace that
// the folder is in.
func (s *Search) folder(ctx context.Context, dir, name string) error {
	found, err := walk(ctx, dir, s.ownFolders())
	if err != nil {
		return err
	}
	called := func(path string) string {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			return filepath.Join(name, rel)
		}
		return path
	}
	if len(found.locks)+len(found.manifests) == 0 {
		if toml, err := workspace.FindManifest(dir); err == nil {
			found.manifests = []string{filepath.Dir(toml)}
		}
	}
	any := len(found.locks) > 0
	for _, at := range found.manifests {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		any = s.workspaceOf(at, called) || any
	}
	for _, path := range found.locks { // that are for no package, or lie in the folder of a member
		s.lockOf(nil, path, called(path))
	}
	if !any && len(s.errs) == 0 {
		return &NothingError{name, true}
	}
	s.dropOwn()
	return nil
}

// dropOwn takes out packages that a project with a lockfile has as path dependencies:
// that lockfile has what they need, and nobody has built them by themselves.
func (s *Search) dropOwn() {
	if len(s.Unlocked) == 0 {
		return
	}
	own := map[string]bool{}
	for _, ws := range s.locked {
		packages, _ := ws.PathPackages() // those that are not known stay
		for _, p := range packages {
			own[p.Dir] = true
		}
	}
	s.Unlocked = slices.DeleteFunc(s.Unlocked, func(u Unlocked) bool { return own[u.alone] })
}

// ownFolders are those of the home that hold no projects.
func (s *Search) ownFolders() (paths []string) {
	for _, name := range []string{"registry", "git", home.BinPath, "build", home.OwnPath} {
		paths = append(paths, filepath.Join(s.home.Dir(), name))
	}
	return paths
}

// workspaceOf adds the lockfile of the workspace that the package in dir belongs to. It
// reports whether there is one, counting those met before.
func (s *Search) workspaceOf(dir string, called func(string) string) bool {
	if has, ok := s.known[dir]; ok {
		return has
	}
	ws, err := workspace.Find(filepath.Join(dir, "Cargo.toml"), s.home.Dir())
	if err != nil {
		s.known[dir] = exists(filepath.Join(dir, "Cargo.lock"))
		if !s.known[dir] {
			s.Unlocked = append(s.Unlocked, Unlocked{Name: called(dir), Err: err})
		}
		return s.known[dir]
	}
	locks := s.locksOf(ws)
	has := len(locks) > 0
	s.known[dir], s.known[ws.Root] = has, has
	for _, m := range ws.Members {
		s.known[m.Dir] = has
	}
	if has {
		s.locked = append(s.locked, ws)
		for _, path := range locks {
			s.lockOf(ws, path, called(path))
		}
	} else {
		s.Unlocked = append(s.Unlocked, Unlocked{Name: called(ws.Root), alone: alone(ws)})
	}
	return has
}

// locksOf returns the lockfiles of a workspace that exist: to clean, what any cargo needs is
// needed.
func (s *Search) locksOf(ws *workspace.Workspace) (paths []string) {
	if exists(ws.LockPath()) {
		paths = append(paths, ws.LockPath())
	}
	if s.Configured == nil {
		return paths
	}
	if path := s.Configured(ws.Root); path != "" && filepath.Clean(path) != ws.LockPath() && exists(path) {
		paths = append(paths, path)
	}
	return paths
}

// alone returns the folder of a workspace that is one package, "" for others.
func alone(ws *workspace.Workspace) string {
	if len(ws.Members) != 1 || ws.Members[0].Dir != ws.Root {
		return ""
	}
	return ws.Root
}

// exists counts what cannot be looked at, and links that lead nowhere.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// lock adds the lockfile that somebody names.
func (s *Search) lock(path, name string) {
	ws, err := workspace.Find(filepath.Join(filepath.Dir(path), "Cargo.toml"), s.home.Dir())
	if err != nil || ws.LockPath() != path {
		ws = nil
	}
	s.lockOf(ws, path, name)
}

// lockOf adds the lockfile of a workspace, which is nil if it is not known.
func (s *Search) lockOf(ws *workspace.Workspace, path, name string) {
	if s.locks[path] {
		return
	}
	s.locks[path] = true
	l, err := Read(path, ws, s.home)
	if err != nil {
		s.errs = append(s.errs, err)
		return
	}
	dirs := configured(ws)
	if ws != nil && path != ws.LockPath() {
		dirs = append(dirs, ws.Root)
	}
	s.Locks = append(s.Locks, Lock{name, path, dirs, ws, l})
}

// configured returns the folders of members that have a configuration of their own, for
// those who run cargo there.
func configured(ws *workspace.Workspace) (dirs []string) {
	if ws == nil {
		return nil
	}
	for _, m := range ws.Members {
		for dir := m.Dir; dir != ws.Root && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if exists(filepath.Join(dir, ".cargo")) {
				dirs = append(dirs, m.Dir)
				break
			}
		}
	}
	return dirs
}
