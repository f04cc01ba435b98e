package locate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/filelist"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/packagelist"
)

// Commit is what Cargo would check out for a locked git source, with the packages in
// it.
type Commit struct {
	WorkTree
	// Manifests are those of all packages in the commit. They are not for several
	// goroutines at a time.
	Manifests *manifest.Tree
	// Registries are the names of those that the Manifests, as far as they were read,
	// asked for, and whether cargo's configuration has them: what they say depends on
	// that, and on nothing else that is not in the commit.
	Registries map[string]bool
}

// WorkTree is the files of a commit. Its methods are safe for concurrent use.
type WorkTree interface {
	packagelist.Lister
	fs.StatFS // with the modes of a checkout before the umask applies

	// UseFile calls f with the content of a file, good until f returns; f must
	// not read from the tree.
	UseFile(name string, f func(data []byte) error) error
	// Proof returns what tells whether so many bytes, which are then written to it,
	// are the content of a file; nil if only reading that can tell.
	Proof(name string, size int64) (*object.Proof, error)
	// When returns when the commit was made, the zero time if it does not say so.
	When() (time.Time, error)
}

// repository finds the packages of a commit.
type repository struct {
	sources *Sources
	from    crate.SourceID
}

// find implements store: the work tree is walked once, for all packages of it, and not at
// all if they are known.
func (r repository) find(ctx context.Context, jobs int, packages []lockfile.Package) ([]Package, error) {
	found := make([]Package, len(packages))
	var unknown []*Package
	for i, p := range packages {
		found[i] = Package{Package: p, From: r.from}
		if known := r.sources.Known; known == nil || !known(&found[i]) {
			unknown = append(unknown, &found[i])
		}
	}
	commit, err := r.open(ctx, jobs, len(unknown) > 0)
	if missing, ok := errors.AsType[*worktree.MissingError](err); ok {
		for i := range found {
			found[i].Gap = &Gap{Reason: gitReason(missing), ID: found[i].ID, Detail: err.Error()}
		}
		return found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", packages[0].ID, err)
	}
	var errs []error
	for _, p := range unknown {
		p.Commit = commit
		if p.Found, err = commit.Manifests.Find(p.ID.Name, p.ID.Version); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.ID, err))
		}
	}
	return found, errors.Join(errs...)
}

// open opens the work tree if it is needed, and else makes sure that the commit is there.
func (r repository) open(ctx context.Context, jobs int, needed bool) (*Commit, error) {
	git := r.sources.home.Git()
	if !needed {
		_, err := git.DB(r.from, r.from.Precise())
		return nil, err
	}
	tree, err := git.WorkTree(ctx, r.from)
	if err != nil {
		return nil, err
	}
	manifests, asked := r.sources.manifests.noting()
	commit := &Commit{tree, manifests.Tree(tree), asked}
	commit.Manifests.ReadAhead(ctx, jobs, manifestFolders(tree.Entries()))
	return commit, nil
}

// manifestFolders returns the folders of a work tree that have a manifest, those of
// submodules left out, as Cargo looks for no package there.
func manifestFolders(entries []filelist.Entry) (dirs []string) {
	submodules := map[string]bool{}
	for _, e := range entries {
		switch {
		case e.Kind == filelist.Submodule: // before what is below it
			submodules[e.Path] = true
		case filelist.Base(e.Path) == manifest.FileName && !isBelow(e.Path, submodules):
			dirs = append(dirs, path.Dir(e.Path))
		}
	}
	return dirs
}

func isBelow(path string, folders map[string]bool) bool {
	for path != "" && !folders[path] {
		path = filelist.Parent(path)
	}
	return path != ""
}

// gitReason tells a repository that is not there from one that lacks the commit.
func gitReason(missing *worktree.MissingError) Reason {
	if len(missing.Looked) == 0 {
		return NoRepository
	}
	return NoCommit
}
