package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/manifest"
	"cargohome/internal/project"
)

// projectFlags say which lockfiles a command works for.
type projectFlags struct {
	manifestPath string
	lockfiles    []string
	sync         []string
}

func (f *projectFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.manifestPath, "manifest-path", "", "the Cargo.toml of the project or of a member `PATH`")
	flags.StringArrayVar(&f.lockfiles, "lockfile-path", nil, "read `LOCK` in place of the project's Cargo.lock; repeatable, needs no manifest")
	flags.StringArrayVarP(&f.sync, "sync", "s", nil, "also take the workspace of this Cargo.toml, `TOML`; repeatable")
}

// projects is what those flags lead to.
type projects struct {
	home      *home.Home
	root      string // of the main workspace, or the folder of the first lockfile
	manifest  bool   // whether a workspace was read for root
	lockfiles []readLock
	own       []string // the folders of the main workspace and of lockfiles given, absolute
	packages  []string // the folders of all path packages, absolute
}

// findProject finds and reads everything. The workspaces of --sync come first,
// as with cargo.
func (r *run) findProject(f *projectFlags, h *home.Home) (*projects, error) {
	p, err := r.readProject(f, h)
	if err != nil {
		return nil, err
	}
	return p, checkAgreement(p.lockfiles)
}

func (r *run) readProject(f *projectFlags, h *home.Home) (*projects, error) {
	p := &projects{home: h}
	for _, path := range f.sync {
		if _, err := r.addWorkspace(p, path, true); err != nil {
			return nil, err
		}
	}
	if len(f.lockfiles) > 0 && f.manifestPath == "" {
		return p, r.addLockfiles(p, f.lockfiles)
	}
	ws, err := r.addWorkspace(p, f.manifestPath, len(f.lockfiles) == 0)
	if err != nil {
		return nil, err
	}
	p.root, p.manifest = ws.Root, true
	p.own = append(p.own, ws.Root)
	for _, path := range r.paths(f.lockfiles) {
		if err := p.read(path, nil); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// addWorkspace adds the workspace of a manifest, "" being that of the current
// folder.
func (r *run) addWorkspace(p *projects, path string, withLock bool) (*manifest.Workspace, error) {
	path, err := r.manifestPath(path)
	if err != nil {
		return nil, err
	}
	ws, err := manifest.FindWorkspace(path, p.home.Dir())
	if err != nil {
		return nil, err
	}
	packages, err := ws.PathPackages()
	if err != nil {
		return nil, err
	}
	for _, pkg := range packages {
		p.packages = append(p.packages, pkg.Dir)
	}
	if !withLock {
		return ws, nil
	}
	if err := p.read(ws.LockPath(), ws); err != nil {
		return nil, err
	}
	r.warnOfVersions(packages, p.lockfiles[len(p.lockfiles)-1])
	return ws, nil
}

// warnOfVersions tells of packages whose version was changed since the lockfile was
// made. Cargo makes it anew then, or with --locked refuses; what else would change in it
// takes resolving to know.
func (r *run) warnOfVersions(packages []manifest.Package, lock readLock) {
	locked := map[string][]string{}
	for _, pkg := range lock.Packages {
		if pkg.ID.Source.Kind() == crate.Path {
			locked[pkg.ID.Name] = append(locked[pkg.ID.Name], pkg.ID.Version)
		}
	}
	for _, pkg := range packages {
		if versions := locked[pkg.Name]; len(versions) > 0 && !slices.Contains(versions, pkg.Version) {
			r.out.warning(fmt.Sprintf("%s is of version %s, but %s has version %s: with --locked, cargo will not build it",
				filepath.Join(pkg.Dir, "Cargo.toml"), pkg.Version, lock.path, strings.Join(versions, " and ")))
		}
	}
}

func (r *run) manifestPath(path string) (string, error) {
	if path == "" {
		return manifest.FindManifest(r.sys.Dir)
	}
	return manifest.CheckPath(r.path(path))
}

func (r *run) paths(paths []string) []string {
	abs := make([]string, len(paths))
	for i, path := range paths {
		abs[i] = r.path(path)
	}
	return abs
}

// addLockfiles adds lockfiles that stand alone. Where one has a manifest beside
// it that can be read, its path packages are known too.
func (r *run) addLockfiles(p *projects, paths []string) error {
	paths = r.paths(paths)
	p.root = filepath.Dir(paths[0])
	for _, path := range paths {
		dir := filepath.Dir(path)
		p.own = append(p.own, dir)
		if err := p.read(path, r.workspaceBeside(p, path)); err != nil {
			return err
		}
	}
	return nil
}

// workspaceBeside adds the workspace whose manifest lies beside a lockfile. It returns
// it if the lockfile is that of the workspace.
func (r *run) workspaceBeside(p *projects, lock string) *manifest.Workspace {
	beside := filepath.Join(filepath.Dir(lock), "Cargo.toml")
	if _, err := os.Stat(beside); err != nil {
		return nil
	}
	ws, err := r.addWorkspace(p, beside, false)
	if err != nil {
		r.out.note(fmt.Sprintf("path packages are not known: %v", err))
		return nil
	}
	if ws.LockPath() != lock {
		return nil
	}
	return ws
}

// read reads a lockfile, that of the workspace if there is one.
func (p *projects) read(path string, ws *manifest.Workspace) error {
	lock, err := project.Read(path, ws, p.home)
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(fmt.Errorf("there is no lockfile %s", path),
			"run `cargo generate-lockfile` where there is a network: without a lockfile nothing says which versions are meant")
	}
	if err != nil {
		return err
	}
	p.lockfiles = append(p.lockfiles, readLock{lock, path})
	return nil
}
