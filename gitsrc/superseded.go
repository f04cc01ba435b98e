package gitsrc

import (
	"context"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
)

// FetchesSubmodules reports whether those who look in the folder of a checkout,
// git/checkouts/NAME/SHORT, would need a network to make it again: it has submodules, and the
// folder is called as by Cargo before 1.85, which has them in checkouts only.
func (f *Folder) FetchesSubmodules(name, short string) bool {
	if info, err := os.Lstat(filepath.Join(f.checkout(name, short), ".gitmodules")); err != nil || !info.Mode().IsRegular() {
		return false
	}
	url, trust := f.baseOf(name)
	src, err := crate.NewGitSource(url, crate.GitRef{})
	return err == nil && trust != worktree.Guessed && f.place(src, name) != name
}

// Superseded returns what it takes that a checkout, git/checkouts/NAME/SHORT, can go without
// loss as soon as no Cargo looks there: the repository in the folder by, which is another
// name of the source's, has its commit, and those of its submodules are in git/db by the
// names that the current Cargo has for them, or are moved there. Every object it takes
// is read and hashed.
func (f *Folder) Superseded(ctx context.Context, name, short, by string) (*Rebuild, error) {
	commit, err := headOf(f.checkout(name, short))
	if err != nil {
		return nil, err
	}
	db, err := f.openDB(f.dbDir(by))
	if err != nil {
		return nil, err
	}
	opts := f.optionsOf(by, short)
	there := opts.Open
	opts.Open = func(path string, sub crate.SourceID, commit string) (*object.DB, error) {
		db, err := there(path, sub, commit)
		if own := f.within(name, short, path, commit); err != nil && own != nil {
			return own, nil
		}
		return db, err
	}
	w, err := whole(worktree.New(ctx, db, commit, opts))
	if err != nil {
		return nil, err
	}
	defer w.LetGo()
	if err := w.Complete(ctx, &f.proven); err != nil {
		return nil, err
	}
	return f.rebuild(w.Layers(), by, short)
}
