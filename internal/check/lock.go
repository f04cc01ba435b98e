package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// project is one lockfile, and the workspace that it is for.
type project struct {
	path     string               // of the lockfile, absolute
	manifest string               // of that, where the lockfile was named and not the manifest
	lock     *lockfile.Lockfile   // nil if it cannot be used
	ws       *workspace.Workspace // nil if it is not known, or cannot be used
	own      []*manifest.Manifest // the user's own packages, nil if they cannot be known

	folders map[string]*manifest.Manifest // the same by their folders

	// configured are the patches that are not the root manifest's.
	configured []patch

	// What is found out of each locked package, by its number.
	entries  []*index.Entry     // nil where the index has none, or is not asked
	declared []*resolve.Package // what it says it needs; nil where that is not known
	links    []string           // the native library that it links; "" for none, or where that is not known
	rust     []string           // likewise the oldest rustc that compiles it
}

// projects reads the lockfiles that are meant.
func (c *checker) projects() ([]*project, error) {
	if len(c.Lockfiles) > 0 && c.Manifest == "" {
		return c.lockfiles(), nil
	}
	path, err := c.Manifest, error(nil)
	if path == "" {
		path, err = workspace.FindManifest(c.Dir)
	} else {
		path, err = workspace.CheckPath(path)
	}
	if err != nil {
		return nil, err
	}
	p := &project{path: filepath.Join(filepath.Dir(path), "Cargo.lock")}
	if p.ws = c.workspace(path); p.ws != nil {
		p.path = p.ws.LockPath()
	}
	if len(c.Lockfiles) == 0 {
		c.lockPath(p)
	}
	lock := ahead(p.path)
	if p.ws != nil {
		c.readOwn(p)
	}
	if len(c.Lockfiles) == 0 {
		c.readLock(p, lock)
		return []*project{p}, nil
	}
	var all []*project
	for _, path := range c.Lockfiles {
		one := &project{path: path, ws: p.ws, own: p.own, folders: p.folders, configured: p.configured}
		c.readLock(one, ahead(path))
		all = append(all, one)
	}
	return all, nil
}

// workspace returns the one that a manifest belongs to, nil if that cannot be made out. It is
// read as Cargo reads it, and more loosely to go on where Cargo would not.
func (c *checker) workspace(path string) *workspace.Workspace {
	ws, err := workspace.FindWhole(path, c.Home.Dir(), c.Config.HasRegistry, c.Manifests.Nightly)
	if err != nil {
		c.find(Finding{Code: ManifestBroken, Path: path, Reason: err.Error(), Remedy: Remedy{Kind: Mend}})
		ws, _ = workspace.Find(path, c.Home.Dir())
	}
	return ws
}

// lockfiles are those that are named. Where one is that of the workspace beside it, that is
// looked at too.
func (c *checker) lockfiles() (all []*project) {
	for _, path := range c.Lockfiles {
		p, lock, first := &project{path: path}, ahead(path), len(c.report.Findings)
		beside := filepath.Join(filepath.Dir(path), manifest.FileName)
		if _, err := os.Stat(beside); err == nil {
			if ws, err := workspace.Find(beside, c.Home.Dir()); err == nil && ws.LockPath() == path {
				p.ws, p.manifest = ws, beside
				c.readOwn(p)
			}
		}
		c.readLock(p, lock)
		c.aim(first, p.manifest)
		all = append(all, p)
	}
	return all
}

// readOwn reads the manifests of the user's own packages.
func (c *checker) readOwn(p *project) {
	own, err := p.ws.PathPackages()
	if err != nil {
		c.find(Finding{Code: ManifestBroken, Path: p.ws.Manifest, Reason: err.Error(), Remedy: Remedy{Kind: Mend}})
		p.ws = nil
	}
	p.own = own
	if p.ws != nil && len(p.ws.Defaults) == 0 && p.ws.Current == nil && len(p.ws.Members) > 0 {
		c.find(Finding{Code: ManifestBroken, Path: p.ws.Manifest, Reason: "its default-members are none, so that there is nothing to build", Breaks: []string{build}, Remedy: Remedy{Kind: Mend}})
	}
	p.folders = make(map[string]*manifest.Manifest, len(p.own))
	for _, m := range p.own {
		p.folders[m.Dir] = m
	}
	if p.ws != nil {
		c.checkLate(p)
		c.checkTarget(p)
		c.readConfigured(p)
	}
	c.checkRegistries(p)
}

// ahead reads a lockfile beside other work, and returns what waits for it.
func ahead(path string) func() (*lockfile.Lockfile, error) {
	read := sync.OnceValues(func() (*lockfile.Lockfile, error) { return lockfile.Read(path) })
	go read()
	return read
}

// readLock takes the lockfile that was read, and tells why if it cannot be used.
func (c *checker) readLock(p *project, read func() (*lockfile.Lockfile, error)) {
	lock, err := read()
	if errors.Is(err, lockfile.ErrNoPackages) && p.ws != nil {
		lock, err = &lockfile.Lockfile{Version: 4}, nil // what cargo writes for a workspace with no members
	}
	found := Finding{Code: LockBroken, Path: p.path, Remedy: Remedy{Kind: Mend}}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		found.Code, found.Reason, found.Remedy = LockMissing, "there is no lockfile", Remedy{Relock, "cargo generate-lockfile"}
	case errors.Is(err, lockfile.ErrTorn): // cargo drops what is not listed, and may do without
		found.Reason, found.reach, found.Breaks = reasonOf(err), hidden, []string{p.command("cargohome checkout", nil)}
	case err != nil:
		found.Reason = reasonOf(err)
	default:
		p.lock = lock
		p.entries = make([]*index.Entry, len(lock.Packages))
		p.declared = make([]*resolve.Package, len(lock.Packages))
		p.links, p.rust = make([]string, len(lock.Packages)), make([]string, len(lock.Packages))
		if err := lock.CheckCommits(); err != nil {
			found.Reason = err.Error()
			c.find(found)
		}
		return
	}
	c.find(found)
}

// checkLocked: what has no archive has no checksum, which files of version 1 say of what is in
// git, and crates.io has one name only (cargo 1.95: PackageRegistry, Resolve::merge_from,
// EncodableResolve::into_resolve).
func (c *checker) checkLocked(p *project, locked *lockfile.Package) {
	found := Finding{ID: locked.ID, Path: p.path, Remedy: Remedy{Relock, p.relock()}}
	switch kind := locked.ID.Source.Kind(); {
	case locked.Stray && (kind == crate.Git || kind == crate.Path && p.ownPackage(locked.ID) != nil):
		found.Code, found.Reason = LockBroken, "it has a checksum, and cargo has nothing to compare that with"
	case locked.Unsummed && (kind == crate.Git || kind == crate.Path && p.ownPackage(locked.ID) != nil):
		found.Code, found.Reason = LockStale, "cargo writes otherwise that it has no checksum"
	case kind == crate.SparseRegistry && locked.ID.Source.IsCratesIO():
		found.Code, found.Reason = LockStale, "cargo writes another URL for crates.io"
	default:
		return
	}
	c.find(found)
}

// reasonOf is an error about a file without the file.
func reasonOf(err error) string {
	if parse, ok := errors.AsType[*lockfile.ParseError](err); ok {
		if parse.Line > 0 {
			return fmt.Sprintf("line %d: %v", parse.Line, parse.Err)
		}
		return parse.Err.Error()
	}
	return err.Error()
}

// relock is the command that brings the lockfile in step.
func (p *project) relock() string { return "cargo update --workspace" }

// command is a command of ours that is about the lockfile, or a package of it.
func (p *project) command(words string, one *piece) string {
	if one != nil {
		return fmt.Sprintf("%s %s@%s", words, one.ID.Name, one.ID.Version)
	}
	return words + " --lockfile-path " + quoted(p.path)
}

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool {
		return !strings.ContainsRune("/._-+@%=:,~", r) && (r < '0' || '9' < r && r < 'A' || 'Z' < r && r < 'a' || 'z' < r)
	}) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// isGone reports whether Cargo passes over a package that is in the lockfile without a source:
// it knows of no folder for that. Where it knows one only, it takes that for the package
// whatever its version (cargo 1.95: EncodableResolve::into_resolve, get_source_id).
func (p *project) isGone(id crate.ID) bool {
	if id.Source != (crate.SourceID{}) {
		return false
	}
	versions := map[string]bool{}
	for _, m := range p.own {
		if m.Name == id.Name {
			versions[m.Version] = true
		}
	}
	return len(versions) != 1 && !versions[id.Version]
}

// ownPackage returns the manifest of one of the user's own packages, nil if there is none.
func (p *project) ownPackage(id crate.ID) *manifest.Manifest {
	for _, m := range p.own {
		if m.Name == id.Name && m.Version == id.Version {
			return m
		}
	}
	return nil
}
