package gitsrc

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
)

// Need is what a locked git source needs of a git folder.
type Need struct {
	// Databases are the folders of git/db, by name, in which the source or one of
	// its submodules is looked for, as far as they are there.
	Databases []string
	// Checkouts are the folders of git/checkouts, as NAME/SHORT, that are the
	// source's, or that hold the only objects of a submodule.
	Checkouts []string
	// Commits are those to be read, by the name of their folder in git/db. Those
	// of submodules are among them.
	Commits map[string][]string
	// Missing is why the source cannot be checked out, nil if it can.
	Missing error
}

// Needs finds out what a locked git source needs, submodules included. The error is
// for ctx only.
func (f *Folder) Needs(ctx context.Context, src crate.SourceID) (*Need, error) {
	n := &Need{Commits: map[string][]string{}}
	f.addCandidates(n, src)
	f.addCheckouts(n, src.Precise())
	db, err := f.DB(src, src.Precise())
	if err == nil {
		err = f.needsOf(ctx, n, db, src)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	n.Missing = err
	for _, list := range []*[]string{&n.Databases, &n.Checkouts} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return n, nil
}

// addCandidates adds all folders in which [Folder.DB] looks.
func (f *Folder) addCandidates(n *Need, src crate.SourceID) {
	for _, name := range f.folders(src) {
		if fi, err := os.Stat(f.dbDir(name)); err == nil && fi.IsDir() {
			n.Databases = append(n.Databases, name)
		}
	}
}

// addCheckouts adds those that are named after the commit: how many digits a name
// has depends on who made it (spec 6.2).
func (f *Folder) addCheckouts(n *Need, commit string) {
	for _, name := range n.Databases {
		for _, short := range subfolders(f.checkoutsDir(name)) {
			if strings.HasPrefix(strings.ToLower(commit), short) {
				n.Checkouts = append(n.Checkouts, name+"/"+short)
			}
		}
	}
}

// needsOf adds the repositories of a source's work tree.
func (f *Folder) needsOf(ctx context.Context, n *Need, db *DB, src crate.SourceID) error {
	opts := f.options(src)
	inner := opts.Open
	opts.Open = func(path string, sub crate.SourceID, commit string) (*DB, error) {
		f.addCandidates(n, sub)
		return inner(path, sub, commit)
	}
	w, err := db.workTree(ctx, src.Precise(), opts)
	if err != nil {
		return err
	}
	for _, l := range w.layers {
		f.addLayer(n, l)
	}
	return first(w.gaps)
}

// addLayer adds where a repository of a work tree was read from: a folder of git/db,
// or the ".git" of a submodule in a checkout.
func (f *Folder) addLayer(n *Need, l *layer) {
	if rel, err := filepath.Rel(f.checkoutsDir(""), l.db.dir); err == nil && filepath.IsLocal(rel) {
		parts := strings.SplitN(filepath.ToSlash(rel), "/", 3)
		n.Checkouts = append(n.Checkouts, strings.Join(parts[:min(2, len(parts))], "/"))
		return
	}
	name, commit := filepath.Base(l.db.dir), l.commit.String()
	n.Databases = append(n.Databases, name)
	if !slices.Contains(n.Commits[name], commit) {
		n.Commits[name] = append(n.Commits[name], commit)
	}
}

// complete returns which object of the work tree is not at hand, if any.
func (w *WorkTree) complete() error {
	for _, l := range w.layers {
		if err := l.complete(); err != nil {
			return err
		}
	}
	return nil
}

func (l *layer) complete() error {
	for _, it := range l.items {
		if it.typ() == typeGitlink {
			continue
		}
		if ok, err := l.db.store.has(it.hash); !ok || err != nil {
			return &ObjectError{it.hash.String(), cmp.Or(err, l.db.store.missing())}
		}
	}
	return nil
}
