package gitsrc

import (
	"context"
	"errors"
	"slices"

	"cargohome/gitsrc/object"
	"cargohome/internal/staging"
)

// ErrShort is matched by the error for a database whose checkouts Cargo would look
// for under other names if it had fewer objects.
var ErrShort = errors.New("with fewer objects its checkouts would have other names")

// WriteThin writes to tree, which is empty and which it finishes, a repository with nothing
// but these commits, their trees and their files, of the repository in a folder of git/db.
// Cargo builds from it offline whatever kind of reference the lockfile has, and makes it a
// full one when it fetches: so it has no references, of which the history would be
// broken, and no list of shallow commits, of which not all servers will hear (seen with
// cargo 1.95).
//
//	HEAD, config, FETCH_HEAD     the last for [object.Remotes]
//	refs/                        empty, and not to be left out
//	objects/pack/pack-HASH       one pack with its index
func (f *Folder) WriteThin(ctx context.Context, name string, commits []string, tree *staging.Writer) error {
	db, err := f.openDB(f.dbDir(name))
	if err == nil {
		err = writeThin(ctx, db, tree, commits)
	}
	if err = errors.Join(err, tree.Finish()); err != nil {
		return err
	}
	return f.checkThin(db, tree.Path(), commits)
}

func writeThin(ctx context.Context, db *object.DB, to *staging.Writer, commits []string) error {
	b := &bare{urls: object.Remotes(db.Dir()), commit: commits[0]}
	if err := b.write(to, "", bareConfig); err != nil {
		return err
	}
	return object.WritePack(ctx, to, slices.Repeat([]*object.DB{db}, len(commits)), commits)
}

// checkThin reads what was written.
func (f *Folder) checkThin(old *object.DB, dir string, commits []string) error {
	thin, err := object.OpenDB(dir, f.home, object.NewBudget())
	if err != nil {
		return err
	}
	defer thin.Close()
	for _, commit := range commits {
		if _, err := thin.Commit(commit); err != nil {
			return err
		}
		before, err := old.Short(commit)
		if err != nil {
			return err
		}
		if after, err := thin.Short(commit); after != before || err != nil {
			return errors.Join(ErrShort, err)
		}
	}
	return nil
}
