package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/staging"
)

// CheckoutName is a folder of git/checkouts: git/checkouts/NAME/SHORT.
type CheckoutName struct {
	Name  string // of the source, as in git/db
	Short string // the beginning of the commit, seven digits at least
}

// CheckoutDir is where a checkout is.
func (f *Folder) CheckoutDir(c CheckoutName) string {
	return filepath.Join(f.checkoutsDir(c.Name), c.Short)
}

// Named returns what the folder of a checkout should hold: the work tree of the one commit
// that its name is the beginning of, from the repository in git/db of the same name. The
// error matches fs.ErrNotExist if there is no such repository, or it lacks the commit.
// It is good until the folder is closed.
func (f *Folder) Named(ctx context.Context, c CheckoutName) (*worktree.WorkTree, error) {
	db, err := f.openDB(f.dbDir(c.Name))
	if err != nil {
		return nil, err
	}
	commit, err := db.Expand(c.Short)
	if err != nil {
		return nil, err
	}
	return worktree.New(ctx, db, commit, f.optionsOf(c.Name, c.Short))
}

// CheckHead reports why Cargo would not take the ".git" of a checkout, in dir, for that of
// a commit, nil if it would.
func (f *Folder) CheckHead(dir, commit string) error {
	_, err := checkHead(filepath.Join(dir, worktree.GitFile), f.home, commit)
	return err
}

// CheckObjects reports why the ".git" of a checkout, or of a submodule in it, in dir, has
// not all that a commit takes, nil if it has. Of an object that it lacks that is an
// [*object.ObjectError].
func (f *Folder) CheckObjects(ctx context.Context, dir, commit string) error {
	err := HasWhole(ctx, filepath.Join(dir, worktree.GitFile), f.home, commit)
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, object.ErrNoDB) {
		return &object.ObjectError{Object: commit, Err: err}
	}
	return err
}

// PlanAnew plans to make checkouts anew, whatever is there. Of those that cannot be made
// [CheckoutPlan.Restore] says why. The error is for ctx.
func (f *Folder) PlanAnew(ctx context.Context, names []CheckoutName) (*CheckoutPlan, error) {
	p := &CheckoutPlan{folder: f}
	for _, name := range names {
		c := &Checkout{Sources: []crate.SourceID{f.sourceOf(name)}, Dir: f.CheckoutDir(name), State: Broken}
		w, err := whole(f.Named(ctx, name))
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			c.State, c.Why = Unavailable, fmt.Errorf("%s: %w", c.Dir, err)
		default:
			c.tree, c.Files = w, len(w.Entries())
		}
		p.Checkouts = append(p.Checkouts, c)
	}
	return p, nil
}

// sourceOf returns the source that a checkout is of, zero if it is not known.
func (f *Folder) sourceOf(c CheckoutName) crate.SourceID {
	url, _ := f.baseOf(c.Name)
	src, err := crate.NewGitSource(url, crate.GitRef{Kind: crate.DefaultBranch})
	if err != nil {
		return crate.SourceID{}
	}
	return src
}

// Reindex makes the indexes anew of packs, pack/pack-HASH, of the repository in git/db of a
// name. Each is written into a temporary folder and then takes its place; of a pack that
// is damaged nothing is written. The errors are joined. The caller holds Cargo's lock for
// changing what may exist. From then on the repository is read anew. Leftover is told of a temporary folder that could not be
// deleted.
func (f *Folder) Reindex(ctx context.Context, name string, packs []string, leftover func(error)) error {
	temp, err := staging.New(ctx, f.in())
	if err != nil {
		return err
	}
	var errs []error
	for n, pack := range packs {
		if err := f.reindex(ctx, temp, fmt.Sprint(n), name, pack); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", pack, err))
		}
	}
	closeErr := temp.Close()
	if len(errs) > 0 {
		return errors.Join(append(errs, closeErr)...)
	}
	if closeErr != nil {
		leftover(closeErr)
	}
	return nil
}

func (f *Folder) reindex(ctx context.Context, temp *staging.Dir, fresh, name, pack string) error {
	place := filepath.Join(f.dbDir(name), "objects", filepath.FromSlash(pack)+".idx")
	temp, err := temp.For(place)
	if err != nil {
		return err
	}
	to, err := temp.Writer(fresh)
	if err != nil {
		return err
	}
	if err := errors.Join(object.Reindex(ctx, f.dbDir(name), pack, to, "idx"), to.Finish()); err != nil {
		return err
	}
	if err := temp.Replace(fresh+"/idx", place); err != nil {
		return err
	}
	f.forget(f.dbDir(name))
	return nil
}
