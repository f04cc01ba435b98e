package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/staging"
)

// Held is a repository of a submodule that is not where the current Cargo looks for it.
// As a rule only the checkout holds it: Cargos up to 1.93 keep submodules nowhere else,
// and make a checkout again by fetching them (spec 6.4).
type Held struct {
	Submodule string // its path in the work tree, possibly hostile
	Database  string // the folder of git/db to which its objects are to be moved
	URL       string // it was fetched from; may hold user info
	Commit    string // that is needed of it

	db *object.DB
}

// Objects is the folder of the checkout that has the objects; "" if they are in git/db,
// under another name.
func (h *Held) Objects(f *Folder) string {
	if f.nameInDB(h.db) != "" {
		return ""
	}
	return filepath.Join(h.db.Dir(), "objects")
}

// nameInDB returns the folder of git/db that a repository is, "" if it is none.
func (f *Folder) nameInDB(db *object.DB) string {
	if filepath.Dir(db.Dir()) == f.dbDir("") {
		return filepath.Base(db.Dir())
	}
	return ""
}

// heldBy returns a repository of a work tree as one that is held, nil if it is where it
// should be. With strict that is only the place where the current Cargo looks.
func (f *Folder) heldBy(l *worktree.Layer, name string, strict bool) (*Held, error) {
	at := f.nameInDB(l.DB)
	if at != "" && (!strict || l.Trust == worktree.Guessed) {
		return nil, nil
	}
	src, err := crate.NewGitSource(l.URL, crate.GitRef{})
	place := ""
	if err == nil && l.Trust != worktree.Guessed {
		place = f.place(src, name)
	}
	switch {
	case place == "":
		return nil, fmt.Errorf("only it holds the repository of submodule %q, of which it is not certain where Cargo looks for it", l.Root)
	case place == at:
		return nil, nil
	}
	return &Held{Submodule: l.Root, Database: place, URL: l.URL, Commit: l.Commit, db: l.DB}, nil
}

// Salvage is Rebuildable for a checkout that no Cargo will use as it is, and that need
// not come back. What others may have need of are the repositories of submodules in it,
// as far as they are whole and only there. The error says that one cannot be moved.
func (f *Folder) Salvage(ctx context.Context, name, short string) (*Rebuild, error) {
	checkout := f.checkout(name, short)
	commit, err := headOf(checkout)
	if err != nil {
		return &Rebuild{}, ctx.Err() // not even cloned
	}
	db, err := f.openDB(f.dbDir(name))
	if err == nil {
		_, err = db.Commit(commit)
	}
	if err != nil {
		db, err = f.openDB(filepath.Join(checkout, worktree.GitFile))
	}
	if err != nil {
		return &Rebuild{}, ctx.Err()
	}
	w, err := worktree.New(ctx, db, commit, f.optionsOf(name, short))
	if err != nil {
		return &Rebuild{}, ctx.Err() // nothing of it could be checked out
	}
	defer w.LetGo()
	layers := w.Layers()[:1:1]
	whys, _ := w.Prove(ctx, &f.proven)
	for n, l := range w.Layers()[1:] {
		if whys[n+1] == nil {
			layers = append(layers, l)
		}
	}
	return f.rebuild(layers, name, short)
}

// WriteHeld writes to a tree, which is empty and which it finishes, a repository of git/db
// with the objects of some, all of the same URL, by hard links: it takes no space, and what
// they are linked from can go. References and the list of shallow commits are left out, for
// the reasons that [Folder.WriteThin] has, but for that list in a shallow one.
func WriteHeld(to *staging.Writer, list []*Held) error {
	return errors.Join(writeHeld(to, list), to.Finish())
}

func writeHeld(to *staging.Writer, list []*Held) error {
	first := list[0]
	b := &bare{urls: []string{first.URL}, commit: first.Commit}
	if strings.HasSuffix(first.Database, shallowSuffix) {
		b.shallow, _ = first.db.Shallow()
	}
	if err := b.write(to, "", bareConfig); err != nil {
		return err
	}
	for _, h := range list {
		if err := h.db.Link(to, "objects"); err != nil {
			return err
		}
	}
	return nil
}

// Merge adds the objects of a repository that [WriteHeld] made, in from, to that in to,
// file by file: packs before their indexes, which make them some. What else a repository
// must have comes last. Nothing that is there is replaced. publish is given the name of
// a file below from, '/'-separated, and the place it gets.
func Merge(from, to string, publish func(file, place string) error) error {
	for _, pattern := range []string{"objects/[0-9a-f][0-9a-f]/*", "objects/pack/*.pack", "objects/pack/*.idx", "refs", "config", "FETCH_HEAD", "HEAD"} {
		files, err := fs.Glob(os.DirFS(from), pattern)
		if err != nil {
			return err
		}
		for _, file := range files {
			place := filepath.Join(to, filepath.FromSlash(file))
			if _, err := os.Lstat(place); !errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err := publish(file, place); err != nil {
				return err
			}
		}
	}
	return nil
}

// Opens reports why Cargo could not make a checkout of the repository in dir, below the home,
// whatever objects that has: git does not open it, or its HEAD is none. It is nil if Cargo could.
func Opens(dir, home string) error {
	db, err := object.OpenStrict(dir, home, object.NewBudget())
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err = db.Head(); errors.Is(err, fs.ErrNotExist) { // as of a bundle
		err = nil
	}
	return err
}

// HasWhole reports why the repository in dir, below the home, lacks any object that a
// checkout of some commits takes, as Cargo sees it; nil if it has all. They are not read.
func HasWhole(ctx context.Context, dir, home string, commits ...string) error {
	db, err := object.OpenStrict(dir, home, object.NewBudget())
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Whole(ctx, commits...)
}
