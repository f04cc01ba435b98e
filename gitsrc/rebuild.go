package gitsrc

import (
	"context"
	"fmt"
	neturl "net/url"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
)

// Rebuild is what it takes to make a checkout again.
type Rebuild struct {
	Held      []*Held  // what is to be moved to git/db before
	Databases []string // the folders of git/db from which the rest comes
}

// Rebuildable returns what it takes to make a checkout, git/checkouts/NAME/SHORT, again
// from git/db, or why that is not possible. Every object it takes is read and hashed,
// each of a repository once, however many checkouts are asked for.
//
// It is judged by the Cargo whose folder it is in: that takes the repository from the
// folder of the same name, and from none that an older or a newer Cargo has for the
// source. A Cargo that names folders by the current function is taken for one that has
// submodules in git/db by their names (1.94 and later); for others, which would need a
// network, [CheckoutPlan.Restore] takes them from anywhere in git/db.
func (f *Folder) Rebuildable(ctx context.Context, name, short string) (*Rebuild, error) {
	w, err := f.treeOf(ctx, name, short)
	if err != nil {
		return nil, err
	}
	defer w.LetGo()
	if err := w.Complete(ctx, &f.proven); err != nil {
		return nil, err
	}
	return f.rebuild(w.Layers(), name, short)
}

func (f *Folder) rebuild(layers []*worktree.Layer, name, short string) (r *Rebuild, err error) {
	r = &Rebuild{}
	strict := f.isCurrent(name, f.optionsOf(name, short))
	for n, l := range layers {
		var h *Held
		if n > 0 {
			h, err = f.heldBy(l, name, strict)
		}
		switch at := f.nameInDB(l.DB); {
		case err != nil:
			return nil, err
		case h != nil:
			r.Held = append(r.Held, h)
		case at != "":
			r.Databases = append(r.Databases, at)
		}
	}
	return r, nil
}

// treeOf returns the work tree of the commit that a checkout is at, from git/db, or
// what only the checkout has of it.
func (f *Folder) treeOf(ctx context.Context, name, short string) (*worktree.WorkTree, error) {
	db, commit, err := f.beside(name, short)
	if commit != "" && !strings.HasPrefix(commit, short) {
		err = fmt.Errorf("it is at commit %s", commit)
	}
	if err != nil {
		return nil, err
	}
	return whole(worktree.New(ctx, db, commit, f.optionsOf(name, short)))
}

// optionsOf are those of a checkout.
func (f *Folder) optionsOf(name, short string) *worktree.Options {
	opts := &worktree.Options{}
	opts.URL, opts.Trust = f.baseOf(name)
	strict := f.isCurrent(name, opts)
	opts.Open = func(path string, sub crate.SourceID, commit string) (*object.DB, error) {
		return f.submoduleOf(name, short, strict, path, sub, commit)
	}
	return opts
}

// baseOf returns the URL of the source that a folder belongs to: as a lockfile has it,
// or as the repository there says, or the one that is the same but for being shallow.
// Repositories that gitoxide fetched, as shallow ones are, say nothing (cargo 1.95).
// A URL that leads to another name is one that the user's git put in place of the
// source's, or the name is of a Cargo unknown here.
func (f *Folder) baseOf(name string) (string, worktree.Trust) {
	f.mu.Lock()
	url := f.locked[name]
	f.mu.Unlock()
	if url != "" {
		return url, worktree.Known
	}
	urls := object.Remotes(f.dbDir(name))
	if bare := strings.TrimSuffix(name, shallowSuffix); bare != name {
		urls = append(urls, object.Remotes(f.dbDir(bare))...)
	} else {
		urls = append(urls, object.Remotes(f.dbDir(name+shallowSuffix))...)
	}
	for _, url := range urls {
		if src, err := crate.NewGitSource(url, crate.GitRef{}); err == nil && slices.Contains(f.names(src), name) {
			return url, worktree.Hashed
		}
	}
	if len(urls) > 0 {
		return urls[0], worktree.Guessed
	}
	return "", worktree.Guessed
}

// shallowSuffix is that of the folders of shallow repositories (spec 2.1).
const shallowSuffix = "-shallow"

// isCurrent reports whether the name of a folder is by the current function.
func (f *Folder) isCurrent(name string, of *worktree.Options) bool {
	src, err := crate.NewGitSource(of.URL, crate.GitRef{})
	return err == nil && of.Trust != worktree.Guessed && f.place(src, name) == name
}

// place returns the folder of git/db in which the current Cargo looks for a source,
// with shallow ones where the folder beside is one; "" if there is none.
func (f *Folder) place(src crate.SourceID, beside string) string {
	names := f.names(src)
	switch {
	case len(names) == 0:
		return ""
	case strings.HasSuffix(beside, shallowSuffix):
		return names[0] + shallowSuffix
	}
	return names[0]
}

// submoduleOf returns the repository of a submodule of a checkout: where Cargo looks
// for it, or else where it can be had from. With strict that is one place only, and what
// the checkout has comes before other folders of git/db.
func (f *Folder) submoduleOf(name, short string, strict bool, path string, sub crate.SourceID, commit string) (*object.DB, error) {
	var place string
	var other *object.DB
	err := error(&worktree.MissingError{Source: sub, Commit: commit})
	if sub == (crate.SourceID{}) {
		place = f.linked(name, short, path)
	} else {
		place = f.place(sub, name)
		other, err = f.DB(sub, commit)
	}
	s := &search{folder: f, commit: commit}
	if place != "" && s.try(f.dbDir(place)) {
		return s.found, nil
	}
	if other != nil && !strict {
		return other, nil
	}
	if own := f.within(name, short, path, commit); own != nil {
		return own, nil
	}
	return other, err
}

// linked returns the folder of git/db that a submodule of a checkout was cloned from,
// "" if it was from none: Cargo since 1.94 notes its path as the remote's URL.
func (f *Folder) linked(name, short, path string) string {
	checkout := f.checkout(name, short)
	for _, rel := range gitDirs(checkout, path) {
		for _, url := range object.Remotes(filepath.Join(checkout, rel)) {
			dir, file := strings.CutPrefix(url, "file://")
			db, err := neturl.PathUnescape(filepath.Base(dir))
			if err == nil && file && isPlainName(db) && strings.HasSuffix(filepath.ToSlash(filepath.Dir(dir)), "/"+object.DBPath) {
				return db
			}
		}
	}
	return ""
}

func isPlainName(name string) bool {
	return name != "" && !strings.HasPrefix(name, ".") && !strings.ContainsAny(name, `/\`)
}

// beside returns the database of a checkout, git/checkouts/NAME/SHORT, and the commit that
// the checkout is at, if that can be told at least.
func (f *Folder) beside(name, short string) (db *object.DB, commit string, err error) {
	if commit, err = headOf(f.checkout(name, short)); err != nil {
		return nil, "", err
	}
	db, err = f.openDB(f.dbDir(name))
	return db, commit, err
}

// CalledAsNeeded reports whether a checkout, git/checkouts/NAME/SHORT, is called by as many
// digits as its repository needs, or fewer that it needed before: not by core.abbrev of the
// user's git, which Cargo before 1.99 obeys. What cannot be read is called as needed.
func (f *Folder) CalledAsNeeded(name, short string) bool {
	db, commit, err := f.beside(name, short)
	if err != nil {
		return true
	}
	needed, err := db.Short(commit)
	return err != nil || len(short) >= minShort && len(short) <= len(needed)
}

const minShort = 7 // digits that Cargo starts with

// headOf returns the commit that a checkout is at.
func headOf(dir string) (string, error) { return object.HeadOf(filepath.Join(dir, worktree.GitFile)) }
