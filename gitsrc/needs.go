package gitsrc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
)

// Need is what a locked git source needs of a git folder, as far as that is known.
type Need struct {
	// Databases are the folders of git/db, by name, in which the source or one of
	// its submodules is looked for, and those that lend objects to them, as far as
	// they are there.
	Databases []string
	// Lenders are those databases that others read objects from. They are needed
	// as they are, not reduced to commits.
	Lenders []string
	// Checkouts are the folders of git/checkouts, as NAME/SHORT, that are the
	// source's, or that hold the only objects of a submodule.
	Checkouts []string
	// Commits are those to be read, by the name of their folder in git/db. Those
	// of submodules are among them.
	Commits map[string][]string
	// Unknown is why more may be needed: the source was not found with its commit,
	// the commit was not walked to its end, or a submodule was not found. Anything
	// in the git folder may be what is needed then. It is nil if all is known.
	Unknown error
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
	n.Unknown = err
	for _, list := range []*[]string{&n.Databases, &n.Lenders, &n.Checkouts} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return n, nil
}

// addCandidates adds all folders in which [Folder.DB] looks. One that cannot be
// looked at is there as well as another.
func (f *Folder) addCandidates(n *Need, src crate.SourceID) {
	for _, name := range f.folders(src) {
		if _, err := os.Stat(f.dbDir(name)); !errors.Is(err, fs.ErrNotExist) {
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
func (f *Folder) needsOf(ctx context.Context, n *Need, db *object.DB, src crate.SourceID) error {
	opts := f.options(src)
	inner := opts.Open
	opts.Open = func(path string, sub crate.SourceID, commit string) (*object.DB, error) {
		f.addCandidates(n, sub)
		return inner(path, sub, commit)
	}
	w, err := worktree.New(ctx, db, src.Precise(), opts)
	if err != nil {
		return fmt.Errorf("%s: %w", crate.Redact(src.URL()), err)
	}
	defer w.LetGo()
	for _, l := range w.Layers() {
		f.addLayer(n, l)
	}
	return cmp.Or(w.Missing()...)
}

// addLayer adds where a repository of a work tree was read from: a folder of git/db,
// or the ".git" of a submodule in a checkout.
func (f *Folder) addLayer(n *Need, l *worktree.Layer) {
	f.addLenders(n, l.DB)
	if checkout := elementsBelow(f.checkoutsDir(""), l.DB.Dir(), 2); checkout != "" {
		n.Checkouts = append(n.Checkouts, checkout)
		return
	}
	name, commit := filepath.Base(l.DB.Dir()), l.Commit
	n.Databases = append(n.Databases, name)
	if !slices.Contains(n.Commits[name], commit) {
		n.Commits[name] = append(n.Commits[name], commit)
	}
}

// addLenders adds the repositories of the git folder whose objects db reads too.
func (f *Folder) addLenders(n *Need, db *object.DB) {
	for _, lent := range db.Alternates() {
		if name := elementsBelow(f.dbDir(""), lent, 1); name != "" {
			n.Databases, n.Lenders = append(n.Databases, name), append(n.Lenders, name)
		} else if checkout := elementsBelow(f.checkoutsDir(""), lent, 2); checkout != "" {
			n.Checkouts = append(n.Checkouts, checkout)
		}
	}
}

// elementsBelow returns the first count elements of the way from base to path, ""
// if that lies elsewhere. Links may lead to either.
func elementsBelow(base, path string, count int) string {
	rel := localPath(base, path)
	if rel == "" {
		realBase, err := filepath.EvalSymlinks(base)
		realPath, err2 := filepath.EvalSymlinks(path)
		if err == nil && err2 == nil {
			rel = localPath(realBase, realPath)
		}
	}
	parts := strings.SplitN(filepath.ToSlash(rel), "/", count+1)
	return strings.Join(parts[:min(count, len(parts))], "/")
}

// localPath returns the way from base to what is below it, else "".
func localPath(base, path string) string {
	if rel, err := filepath.Rel(base, path); err == nil && rel != "." && filepath.IsLocal(rel) {
		return rel
	}
	return ""
}
