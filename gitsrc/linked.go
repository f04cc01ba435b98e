package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/staging"
)

// indexConfig is what Cargo's libgit2 gives to an index, which is no bare repository.
const indexConfig = "[core]\n\tbare = false\n\trepositoryformatversion = 0\n"

// WriteLinked writes to a tree, which is empty and which it finishes, the repository in a
// folder of git/db once more, for a Cargo that has another name for it: its objects by hard
// links, or copies where those cannot be had, and its references.
func (f *Folder) WriteLinked(ctx context.Context, name string, to *staging.Writer) error {
	err := writeLinked(ctx, f.dbDir(name), f.home, to, "", bareConfig)
	return errors.Join(err, to.Finish())
}

// WriteLinkedIndex is [Folder.WriteLinked] for the index in git that lies in dir, in a
// folder of registry/index of the Cargo home.
func WriteLinkedIndex(ctx context.Context, dir, home string, to *staging.Writer) error {
	err := writeLinked(ctx, filepath.Join(dir, worktree.GitFile), home, to, worktree.GitFile, indexConfig)
	return errors.Join(err, to.Finish())
}

func writeLinked(ctx context.Context, dir, home string, to *staging.Writer, at, config string) error {
	db, err := object.OpenDB(dir, home, object.NewBudget())
	if err != nil {
		return err
	}
	defer db.Close()
	b := &bare{urls: object.Remotes(dir), commit: strings.Repeat("0", 40)}
	if b.refs, err = db.References(ctx); err != nil {
		return err
	}
	if len(b.refs) > 0 {
		b.commit = b.refs[0].ID
	}
	b.shallow, _ = db.Shallow()
	if err := b.write(to, at, config); err != nil {
		return err
	}
	return db.Link(to, strings.TrimPrefix(at+"/objects", "/"))
}

// Put puts a repository that has a name in stage at a place, or adds its objects to the
// one that is there; see [Merge].
func Put(stage *staging.Dir, name, place string) error {
	if _, err := os.Lstat(place); err != nil {
		return stage.Publish(name, place)
	}
	return Merge(filepath.Join(stage.Fresh(), name), place, func(file, place string) error {
		return stage.Publish(name+"/"+file, place)
	})
}

var errLacksObjects = errors.New("it lacks objects of it")

// HasAllOf reports why the repository in one folder of git/db, by its name, cannot stand
// for that in another: it is not there, or lacks an object, if only of the history. The
// repositories that it borrows objects from do not count.
func (f *Folder) HasAllOf(ctx context.Context, name, other string) error {
	db, err := f.openDB(f.dbDir(name))
	if err != nil {
		return err
	}
	old, err := f.openDB(f.dbDir(other))
	if err != nil {
		return err
	}
	all, err := db.HasAllOf(ctx, old)
	if err == nil && !all {
		err = errLacksObjects
	}
	if err != nil {
		return fmt.Errorf("%s: %w", db.Dir(), err)
	}
	return nil
}

// Borrower returns a folder of git/db whose repository reads objects of another one there,
// "" if there is none, or none that can be read.
func (f *Folder) Borrower(lender string) string {
	for _, name := range subfolders(f.dbDir("")) {
		if db, err := f.openDB(f.dbDir(name)); err == nil && name != lender {
			for _, lent := range db.Alternates() {
				if elementsBelow(f.dbDir(""), lent, 1) == lender {
					return name
				}
			}
		}
	}
	return ""
}
