package locate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"cargohome/crate"
	"cargohome/gitsrc/worktree"
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
}

// WorkTree is the files of a commit. Its methods are safe for concurrent use.
type WorkTree interface {
	packagelist.Tree
	fs.StatFS // with the modes of a checkout before the umask applies

	// UseFile calls f with the content of a file, good until f returns; f must
	// not read from the tree.
	UseFile(name string, f func(data []byte) error) error
}

// repository finds the packages of a commit.
type repository struct {
	sources *Sources
	from    crate.SourceID
}

// find implements store: the work tree is walked once, for all packages of it.
func (r repository) find(ctx context.Context, packages []lockfile.Package) ([]Package, error) {
	found := make([]Package, len(packages))
	for i, p := range packages {
		found[i] = Package{Package: p, From: r.from}
	}
	tree, err := r.sources.home.Git().WorkTree(ctx, r.from)
	if missing, ok := errors.AsType[*worktree.MissingError](err); ok {
		for i := range found {
			found[i].Gap = &Gap{Reason: gitReason(missing), ID: found[i].ID, Detail: err.Error()}
		}
		return found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", packages[0].ID, err)
	}
	commit := &Commit{tree, r.sources.manifests.tree(tree)}
	var errs []error
	for i := range found {
		p := &found[i]
		p.Commit = commit
		if p.Found, err = commit.Manifests.Find(p.ID.Name, p.ID.Version); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.ID, err))
		}
	}
	return found, errors.Join(errs...)
}

// gitReason tells a repository that is not there from one that lacks the commit.
func gitReason(missing *worktree.MissingError) Reason {
	if len(missing.Looked) == 0 {
		return NoRepository
	}
	return NoCommit
}
