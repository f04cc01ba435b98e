package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
)

// Standing tells how a locked git source stands for the one Cargo that calls folders as
// name says, and that finds nothing under another name: neither the repository, nor that
// of a submodule; "" says that it has none. The error is for ctx only.
//
// Cargo wants the commit in git/db, also where it uses a checkout that is there (cargo
// 1.95: GitSource::fetch_db): the checkout is [Unavailable] without. One whose ".cargo-ok"
// and HEAD Cargo believes is [Present], whatever else it lacks; Why says what. One that it
// makes anew is [Absent] or [Broken] if every object that takes is there and sound, and
// else Unavailable.
func (f *Folder) Standing(ctx context.Context, src crate.SourceID, name func(src crate.SourceID, submodule bool) string) (*Checkout, error) {
	c := &Checkout{Sources: []crate.SourceID{src}, State: Unavailable}
	db, err := f.named(name(src, false), src, src.Precise())
	if err == nil {
		c.Dir, err = f.checkoutDir(db, src.Precise())
	}
	if err != nil {
		c.Why = err
		return c, nil
	}
	c.State, c.Why = Present, checkBelieved(c.Dir, f.home, strings.ToLower(src.Precise()))
	fresh := c.Why == nil
	as := (*object.DB).Cloned
	if fresh {
		as = func(db *object.DB) *object.DB { return db }
	}
	c.tree, err = f.strictTree(ctx, as, db, src, name)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case fresh && err == nil:
		if c.Why = c.tree.Check(c.Dir); c.Why == nil {
			c.Why = c.tree.Changed(ctx, c.Dir)
		}
		return c, ctx.Err()
	case fresh:
		return c, nil // Cargo does not ask either
	}
	if err == nil {
		defer c.tree.LetGo()
		if err = errors.Join(c.tree.Missing()...); err == nil {
			err = c.tree.Clonable(ctx)
		}
		if err == nil {
			err = c.tree.Complete(ctx, &f.proven)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		c.State, c.Why = Unavailable, err
	case errors.Is(c.Why, errNotThere):
		c.State, c.Why = Absent, nil
	default:
		c.State = Broken
	}
	return c, nil
}

// strictTree is the work tree of a commit for which submodules are looked for as the one
// Cargo does. Repositories are read as as says.
func (f *Folder) strictTree(ctx context.Context, as func(*object.DB) *object.DB, db *object.DB, src crate.SourceID, name func(src crate.SourceID, submodule bool) string) (*worktree.WorkTree, error) {
	return worktree.New(ctx, as(db), src.Precise(), &worktree.Options{
		URL: src.URL(), Trust: worktree.Known,
		Open: func(_ string, sub crate.SourceID, commit string) (*object.DB, error) {
			if sub == (crate.SourceID{}) {
				return nil, &worktree.MissingError{Commit: commit}
			}
			db, err := f.named(name(sub, true), sub, commit)
			if err != nil {
				return nil, err
			}
			return as(db), nil
		},
	})
}

// named returns the repository of that name if it has the commit. The error matches
// fs.ErrNotExist, and is a [*worktree.MissingError], if it is not there or lacks it.
func (f *Folder) named(name string, src crate.SourceID, commit string) (*object.DB, error) {
	if _, err := object.CommitHash(commit); err != nil {
		return nil, fmt.Errorf("%s: %w", src.Display(), err)
	}
	s := &search{folder: f, commit: commit, strict: true}
	if name != "" && s.try(f.dbDir(name)) {
		return s.found, nil
	}
	return nil, s.failure(src)
}

// WorkTree is what should be in the checkout, nil if that is not known.
func (c *Checkout) WorkTree() *worktree.WorkTree { return c.tree }
