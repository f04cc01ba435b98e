package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
)

// errNotThere says that there is no checkout at all.
var errNotThere = errors.New("is not there")

// checkCheckout reports why the folder dir is not a checkout of a commit that
// Cargo would use, or nil. As Cargo does it asks for the ".cargo-ok", for a HEAD
// that is the commit, and for the commit among the objects of the ".git" (cargo
// 1.95: GitCheckout::is_fresh). Beyond that, everything in w must be there and be
// the kind of thing it should; content is not looked at.
func checkCheckout(dir, home string, w *worktree.WorkTree, commit string) error {
	if err := checkBelieved(dir, home, commit); err != nil {
		return err
	}
	return w.Check(dir)
}

// checkBelieved is as much of it as Cargo asks for.
func checkBelieved(dir, home, commit string) error {
	if _, err := os.Lstat(dir); err != nil {
		return errNotThere
	}
	files, err := checkHead(filepath.Join(dir, worktree.GitFile), home, commit)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(files, crate.OKFile)); err != nil {
		return fmt.Errorf("has no %s", crate.OKFile)
	}
	return nil
}

// checkHead returns the folder that the files of a checkout are said to be in.
func checkHead(git, home, commit string) (files string, err error) {
	db, err := object.OpenStrict(git, home, object.NewBudget())
	if err != nil {
		return "", fmt.Errorf("has no usable repository: %w", err)
	}
	defer db.Close()
	head, err := db.Head()
	if err != nil {
		return "", fmt.Errorf("has no commit: %w", err)
	}
	if head.String() != commit {
		return "", fmt.Errorf("is of commit %s", head)
	}
	if !db.HasRefs() {
		return "", errors.New("has no refs in its repository")
	}
	_, err = db.Commit(commit)
	return db.WorkTree(), err
}

// Filled reports which submodule of a checkout, git/checkouts/NAME/SHORT, was not checked
// out, though Cargo would use it all the same; nil if all were, or it cannot be known.
func (f *Folder) Filled(ctx context.Context, name, short string) error {
	db, commit, err := f.beside(name, short)
	if err != nil {
		return nil
	}
	w, err := worktree.New(ctx, db, commit, f.optionsOf(name, short))
	if err != nil {
		return nil
	}
	return w.CheckSubmodules(f.checkout(name, short))
}
