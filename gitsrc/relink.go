package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/staging"
)

// HasHead reports whether the commit that a checkout, git/checkouts/NAME/SHORT, is at
// is in the database beside: without it Cargo takes no checkout.
func (f *Folder) HasHead(name, short string) bool {
	db, commit, err := f.beside(name, short)
	if err == nil {
		_, err = db.Commit(commit)
	}
	return err == nil
}

// Relink gives a checkout, git/checkouts/NAME/SHORT, the objects that databases have
// now: those it was cloned from it shares with what they were before, and so keeps them
// on the disk. It is for databases that [Folder.WriteThin] reduced, by their names, in
// a Folder made since. A checkout that is broken is left alone: Cargo makes it anew.
// Each folder of objects is made in stage, under a name that begins with prefix, and then
// put in place.
func (f *Folder) Relink(ctx context.Context, name, short string, reduced []string, stage *staging.Dir, prefix string) error {
	w, err := f.treeOf(ctx, name, short)
	if err != nil {
		return ctx.Err()
	}
	for n, l := range w.Layers() {
		if !slices.Contains(reduced, filepath.Base(l.DB.Dir())) {
			continue
		}
		place := filepath.Join(f.checkout(name, short), filepath.FromSlash(l.Root), worktree.GitFile, "objects")
		if info, err := os.Lstat(place); err != nil || !info.IsDir() {
			continue // not as Cargo makes them
		}
		if l.DB.SharedWith(place) {
			continue
		}
		fresh := fmt.Sprint(prefix, n)
		stage, err := stage.For(place)
		if err != nil {
			return err
		}
		if err := writeLinks(l.DB, stage, fresh); err != nil {
			return err
		}
		if err := stage.Replace(fresh+"/objects", place); err != nil {
			return err
		}
	}
	return nil
}

// writeLinks makes objects, in what has a name in stage, a folder with all objects of a
// repository.
func writeLinks(db *object.DB, stage *staging.Dir, name string) error {
	to, err := stage.Writer(name)
	if err != nil {
		return err
	}
	for _, sub := range []string{"objects/info", "objects/pack"} {
		if err == nil {
			err = to.Mkdir(sub, 0o777)
		}
	}
	if err == nil {
		err = db.Link(to, "objects")
	}
	return errors.Join(err, to.Finish())
}
