package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
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

// project is what those flags lead to.
type project struct {
	root      string // of the main workspace, or the folder of the first lockfile
	manifest  bool   // whether a workspace was read for root
	lockfiles []*lockfile.Lockfile
	own       []string // the folders of the main workspace and of lockfiles given, absolute
	packages  []string // the folders of all path packages, absolute
}

// findProject finds and reads everything. The workspaces of --sync come first,
// as with cargo.
func (r *run) findProject(f *projectFlags, cargoHome string) (*project, error) {
	p := &project{}
	for _, path := range f.sync {
		if _, err := r.addWorkspace(p, path, cargoHome, true); err != nil {
			return nil, err
		}
	}
	if len(f.lockfiles) > 0 && f.manifestPath == "" {
		return p, r.addLockfiles(p, f.lockfiles, cargoHome)
	}
	ws, err := r.addWorkspace(p, f.manifestPath, cargoHome, len(f.lockfiles) == 0)
	if err != nil {
		return nil, err
	}
	p.root, p.manifest = ws.Root, true
	p.own = append(p.own, ws.Root)
	return p, readLockfiles(p, r.paths(f.lockfiles))
}

// addWorkspace adds the workspace of a manifest, "" being that of the current
// folder.
func (r *run) addWorkspace(p *project, path, cargoHome string, withLock bool) (*manifest.Workspace, error) {
	path, err := r.manifestPath(path)
	if err != nil {
		return nil, err
	}
	ws, err := manifest.FindWorkspace(path, cargoHome)
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
	if err := readLockfiles(p, []string{ws.LockPath()}); err != nil {
		return nil, err
	}
	return ws, checkMembers(ws, p.lockfiles[len(p.lockfiles)-1])
}

// checkMembers refuses a lockfile that was not made for the workspace: an empty
// or truncated one would have everything removed. More is not checked, as that
// takes resolving; cargo --locked does.
func checkMembers(ws *manifest.Workspace, lock *lockfile.Lockfile) error {
	listed := map[string]bool{}
	for _, pkg := range lock.Packages {
		if pkg.ID.Source.Kind() == crate.Path {
			listed[pkg.ID.Name] = true
		}
	}
	for _, m := range ws.Members {
		if !listed[m.Name] {
			return withHint(fmt.Errorf("%s does not list %s, a member of the workspace", ws.LockPath(), m.Name),
				"run `cargo generate-lockfile`, or `cargo update --workspace` where there is a network: the lockfile is not this project's, or not complete")
		}
	}
	return nil
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
func (r *run) addLockfiles(p *project, paths []string, cargoHome string) error {
	paths = r.paths(paths)
	p.root = filepath.Dir(paths[0])
	for _, path := range paths {
		dir := filepath.Dir(path)
		p.own = append(p.own, dir)
		beside := filepath.Join(dir, "Cargo.toml")
		if _, err := os.Stat(beside); err != nil {
			continue
		}
		if _, err := r.addWorkspace(p, beside, cargoHome, false); err != nil {
			r.out.note(fmt.Sprintf("path packages are not known: %v", err))
		}
	}
	return readLockfiles(p, paths)
}

func readLockfiles(p *project, paths []string) error {
	for _, path := range paths {
		lock, err := lockfile.Read(path)
		if errors.Is(err, fs.ErrNotExist) {
			return withHint(fmt.Errorf("there is no lockfile %s", path),
				"run `cargo generate-lockfile` where there is a network: without a lockfile nothing says which versions are meant")
		}
		if err != nil {
			return err
		}
		p.lockfiles = append(p.lockfiles, lock)
	}
	return nil
}
