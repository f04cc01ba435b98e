package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/workspace"
)

// Options say which projects are meant. Paths are absolute.
type Options struct {
	Dir       string     // the current folder, whose workspace is meant if nothing else is
	Manifest  string     // the Cargo.toml of a package of the workspace, "" for that of Dir
	Lockfiles []string   // read in place of the workspace's; without Manifest they need none
	Sync      []string   // the Cargo.toml of more workspaces
	Home      *home.Home // at work here; it helps to judge lockfiles

	// Configured is the lockfile that the configuration names to newer cargos, "" for none
	// (see [compat.LockPath]); Rule says whether that is obeyed.
	Configured string
	Rule       compat.Rule

	// Warn and Note are told of what people should know, where nothing is wrong. They
	// may be nil.
	Warn, Note func(text string)
}

// Project is what a run works for: one workspace, or some lockfiles, and what is added.
type Project struct {
	Root         string   // of the workspace, or the folder of the first lockfile
	HasWorkspace bool     // whether Root is that of a workspace
	Locks        []Lock   // those of Sync first, as with cargo
	Own          []string // the folders of the workspace and of lockfiles given
	Packages     []string // the folders of all path packages
}

// Find finds what is meant, and reads it. The error may be a [*NoLockfileError], or a
// [*DisagreementError].
func Find(o *Options) (*Project, error) {
	f := &finder{Options: *o}
	if f.Warn == nil {
		f.Warn = func(string) {}
	}
	if f.Note == nil {
		f.Note = func(string) {}
	}
	if err := f.find(); err != nil {
		return nil, err
	}
	return &f.Project, checkAgreement(f.Locks)
}

type finder struct {
	Options
	Project
}

func (f *finder) find() error {
	for _, path := range f.Sync {
		if _, err := f.addWorkspace(path, true); err != nil {
			return err
		}
	}
	if len(f.Lockfiles) > 0 && f.Manifest == "" {
		return f.addLockfiles()
	}
	ws, err := f.addWorkspace(f.Manifest, len(f.Lockfiles) == 0)
	if err != nil {
		return err
	}
	f.Root, f.HasWorkspace = ws.Root, true
	f.Own = append(f.Own, ws.Root)
	for _, path := range f.Lockfiles {
		if err := f.read(path, nil); err != nil {
			return err
		}
		f.Locks[len(f.Locks)-1].Workspace = ws // it need not have been made for that
	}
	return nil
}

// addWorkspace adds the workspace of a manifest, "" being that of the current folder.
func (f *finder) addWorkspace(path string, withLock bool) (ws *workspace.Workspace, err error) {
	if path == "" {
		path, err = workspace.FindManifest(f.Dir)
	} else {
		path, err = workspace.CheckPath(path)
	}
	if err != nil {
		return nil, err
	}
	if ws, err = workspace.Find(path, f.Home.Dir()); err != nil {
		return nil, err
	}
	packages, err := ws.PathPackages()
	if err != nil {
		return nil, err
	}
	for _, pkg := range packages {
		f.Packages = append(f.Packages, pkg.Dir)
	}
	if !withLock {
		return ws, nil
	}
	if err := f.read(f.lockPath(ws.LockPath()), ws); err != nil {
		return nil, err
	}
	f.warnOfVersions(packages, f.Locks[len(f.Locks)-1])
	return ws, nil
}

// warnOfVersions tells of packages whose version was changed since the lockfile was
// made. Cargo makes it anew then, or with --locked refuses; what else would change in it
// takes resolving to know.
func (f *finder) warnOfVersions(packages []*manifest.Manifest, lock Lock) {
	locked := map[string][]string{}
	for _, pkg := range lock.Packages {
		if pkg.ID.Source.Kind() == crate.Path {
			locked[pkg.ID.Name] = append(locked[pkg.ID.Name], pkg.ID.Version)
		}
	}
	for _, pkg := range packages {
		if versions := locked[pkg.Name]; len(versions) > 0 && !slices.Contains(versions, pkg.Version) {
			f.Warn(fmt.Sprintf("%s is of version %s, but %s has version %s: with --locked, cargo will not build it",
				filepath.Join(pkg.Dir, "Cargo.toml"), pkg.Version, lock.Path, strings.Join(versions, " and ")))
		}
	}
}

// addLockfiles adds lockfiles that stand alone. Where one has a manifest beside it that can
// be read, its path packages are known too.
func (f *finder) addLockfiles() error {
	f.Root = filepath.Dir(f.Lockfiles[0])
	for _, path := range f.Lockfiles {
		f.Own = append(f.Own, filepath.Dir(path))
		if err := f.read(path, f.workspaceBeside(path)); err != nil {
			return err
		}
	}
	return nil
}

// workspaceBeside adds the workspace whose manifest lies beside a lockfile. It returns
// it if the lockfile is that of the workspace.
func (f *finder) workspaceBeside(lock string) *workspace.Workspace {
	beside := filepath.Join(filepath.Dir(lock), "Cargo.toml")
	if _, err := os.Stat(beside); err != nil {
		return nil
	}
	ws, err := f.addWorkspace(beside, false)
	if err != nil {
		f.Note(fmt.Sprintf("path packages are not known: %v", err))
		return nil
	}
	if ws.LockPath() != lock {
		return nil
	}
	return ws
}

// read reads a lockfile, that of the workspace if there is one.
func (f *finder) read(path string, ws *workspace.Workspace) error {
	lock, err := Read(path, ws, f.Home)
	if errors.Is(err, fs.ErrNotExist) {
		return &NoLockfileError{path}
	}
	if err != nil {
		return err
	}
	f.Locks = append(f.Locks, Lock{Name: path, Path: path, Workspace: ws, Lockfile: lock})
	return nil
}

// NoLockfileError says that a project has no lockfile.
type NoLockfileError struct {
	Path string // of the lockfile, absolute
}

func (e *NoLockfileError) Error() string { return "there is no lockfile " + e.Path }

// Hint returns what the user may do about the error.
func (e *NoLockfileError) Hint() string {
	return "run `cargo generate-lockfile` where there is a network: without a lockfile nothing says which versions are meant"
}

// Locked returns the packages of all lockfiles, repetitions included.
func (p *Project) Locked() (packages []lockfile.Package) {
	for _, lock := range p.Locks {
		packages = append(packages, lock.Packages...)
	}
	return packages
}

// GitSources returns the git sources of all lockfiles, each once, in their order. Those of
// patches that nothing uses are among them: Cargo needs them to see that (cargo 1.95).
func (p *Project) GitSources() []crate.SourceID {
	var sources []crate.SourceID
	seen := map[crate.SourceID]bool{}
	for _, lock := range p.Locks {
		for _, id := range lock.IDs() {
			if source := id.Source; source.Kind() == crate.Git && !seen[source] {
				seen[source] = true
				sources = append(sources, source)
			}
		}
	}
	return sources
}
