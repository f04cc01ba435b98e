package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"cargohome/internal/staging"
)

// HasHead reports whether the commit that a checkout, git/checkouts/NAME/SHORT, is at
// is in the database beside: without it Cargo takes no checkout.
func (f *Folder) HasHead(name, short string) bool {
	commit, err := f.headOf(filepath.Join(f.checkoutsDir(name), short))
	if err != nil {
		return false
	}
	db, err := f.openDB(f.dbDir(name))
	if err != nil {
		return false
	}
	_, err = db.Commit(commit)
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
	for n, l := range w.layers {
		if !slices.Contains(reduced, filepath.Base(l.db.dir)) {
			continue
		}
		place := filepath.Join(f.checkoutsDir(name), short, filepath.FromSlash(l.root), gitFile, "objects")
		if info, err := os.Lstat(place); err != nil || !info.IsDir() {
			continue // not as Cargo makes them
		}
		if l.db.sharedWith(place) {
			continue
		}
		fresh := fmt.Sprint(prefix, n)
		stage, err := stage.For(place)
		if err != nil {
			return err
		}
		if err := l.db.writeLinks(stage, fresh); err != nil {
			return err
		}
		if err := stage.Replace(fresh+"/objects", place); err != nil {
			return err
		}
	}
	return nil
}

// sharedWith reports whether a folder of objects has the repository's packs and no
// others.
func (db *DB) sharedWith(objects string) bool {
	packs := 0
	for _, d := range db.store.dirs {
		for _, p := range d.packs {
			ours, err := d.root.Stat(p.name + ".idx")
			theirs, err2 := os.Stat(filepath.Join(objects, filepath.FromSlash(p.name)+".idx"))
			if err != nil || err2 != nil || !os.SameFile(ours, theirs) {
				return false
			}
			packs++
		}
	}
	there, _ := fs.Glob(os.DirFS(objects), "pack/*.idx")
	loose, _ := fs.Glob(os.DirFS(objects), "[0-9a-f][0-9a-f]")
	return len(there) == packs && (packs == 0 || len(loose) == 0)
}

// writeLinks makes objects, in what has a name in stage, a folder with all objects of a
// repository.
func (db *DB) writeLinks(stage *staging.Dir, name string) error {
	to, err := stage.Tree(name)
	if err != nil {
		return err
	}
	for _, sub := range []string{"objects/info", "objects/pack"} {
		if err == nil {
			err = to.Mkdir(sub, 0o777)
		}
	}
	if err == nil {
		err = db.store.linkObjects(to, "objects")
	}
	return errors.Join(err, to.Finish())
}
