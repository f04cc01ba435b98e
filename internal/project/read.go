package project

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/workspace"
)

// Read reads the lockfile at path and makes sure that it is whole, as far as can be
// known: see the package comment. The workspace ws is the one that it is for, nil if
// that is not known; h may be nil too. The error matches [lockfile.ErrTorn] where
// something is missing.
func Read(path string, ws *workspace.Workspace, h *home.Home) (*lockfile.Lockfile, error) {
	l, err := lockfile.Read(path)
	if errors.Is(err, lockfile.ErrNoPackages) && ws != nil {
		l, err = &lockfile.Lockfile{Version: 4}, nil // what cargo writes for a workspace with no members
	}
	if err == nil && ws != nil {
		err = errors.Join(checkMembers(ws, path, l), checkOwn(ws, h, path, l))
	}
	if err == nil {
		err = checkDependencies(h, path, l)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// MemberError says that a lockfile was not made for its workspace, or is not whole. It
// matches [lockfile.ErrTorn].
type MemberError struct {
	Path   string // of the lockfile
	Member string // that it does not list
}

func (e *MemberError) Error() string {
	return fmt.Sprintf("%s does not list %s, a member of the workspace", e.Path, e.Member)
}

func (e *MemberError) Unwrap() error { return lockfile.ErrTorn }

// Hint returns what the user may do about the error.
func (e *MemberError) Hint() string {
	return "run `cargo generate-lockfile`, or `cargo update --workspace` where there is a network: the lockfile is not this project's, or not complete"
}

// checkMembers refuses a lockfile that was not made for the workspace: an empty
// or truncated one would have everything removed. More is not checked, as that
// takes resolving; cargo --locked does.
func checkMembers(ws *workspace.Workspace, path string, l *lockfile.Lockfile) error {
	listed := map[string]bool{}
	for _, pkg := range l.Packages {
		if pkg.ID.Source.Kind() == crate.Path {
			listed[pkg.ID.Name] = true
		}
	}
	for _, m := range ws.Members {
		if !listed[m.Name] {
			return &MemberError{path, m.Name}
		}
	}
	return nil
}

// checkOwn: a file that was cut behind the version of its last package shows it as one
// of the user's own.
func checkOwn(ws *workspace.Workspace, h *home.Home, path string, l *lockfile.Lockfile) error {
	last := l.Last()
	if last == nil || last.ID.Source.Kind() != crate.Path || !isNeeded(l, last) {
		return nil
	}
	own, err := ws.PathPackages()
	if err != nil || slices.ContainsFunc(own, func(p *manifest.Manifest) bool { return p.Name == last.ID.Name }) {
		return nil // what is there to compare with cannot be known, or is as it should be
	}
	if isPatched(ws, h, last.ID.Name) {
		return nil
	}
	return fmt.Errorf("lock file %s: %w: it ends in %s, with no source, and the workspace has no such package", path, lockfile.ErrTorn, last.ID.Name)
}

// isPatched: cargo's configuration may name packages of the user's too.
func isPatched(ws *workspace.Workspace, h *home.Home, name string) bool {
	root, err := filepath.EvalSymlinks(ws.Root) // as cargo finds itself there
	if err != nil || h == nil {
		return false
	}
	cfg, err := config.Load(config.Options{Cwd: root, Home: h.Dir()})
	return err == nil && cfg.Patched(name)
}

func isNeeded(l *lockfile.Lockfile, p *lockfile.Package) bool {
	i := l.Find(p.ID)
	return slices.ContainsFunc(l.Packages, func(other lockfile.Package) bool { return slices.Contains(other.Dependencies, i) })
}

// checkDependencies: the index knows which dependencies the last package must have.
func checkDependencies(h *home.Home, path string, l *lockfile.Lockfile) error {
	last := l.Last()
	if h == nil || last == nil || last.Replace != nil || !last.ID.Source.IsRegistry() {
		return nil
	}
	entry, err := h.Lookup(last.ID)
	if err != nil {
		return nil // nothing to compare with
	}
	deps, err := entry.Dependencies()
	if err != nil {
		return nil
	}
	listed := map[string]bool{}
	for _, i := range last.Dependencies {
		listed[sameName(l.Packages[i].ID.Name)] = true
	}
	for _, d := range deps {
		if d.Kind != "dev" && !d.Optional && !listed[sameName(d.Package)] {
			return fmt.Errorf("lock file %s: %w: it ends in %s, without its dependency %q", path, lockfile.ErrTorn, last.ID, d.Package)
		}
	}
	return nil
}

// sameName: indexes do not always spell a name as its package does.
func sameName(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }
