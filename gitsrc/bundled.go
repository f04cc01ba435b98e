package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/staging"
)

// Bundled is a repository of git/db as locked sources need it, under the name that the
// current Cargo has for it: see [Folder.WriteThin] for why that is enough.
type Bundled struct {
	Name    string         // of the folder in git/db
	URL     string         // that it is fetched from; may hold user info
	For     crate.SourceID // the first of the sources that need it
	Commits []string       // that they need, sorted; those of submodules are among them

	// Checkouts are the sources of which there are work trees in its folder of
	// git/checkouts, one for each commit; none if it is one of submodules only.
	Checkouts []crate.SourceID

	folder *Folder
	from   []*object.DB // that has each commit
}

// Bundle returns the repositories that locked git sources need, submodules included, by
// name. Others are passed over. The error is that of [Folder.WorkTree] for the first of
// them, or says that nobody knows the URL of a submodule.
func (f *Folder) Bundle(ctx context.Context, sources []crate.SourceID) ([]*Bundled, error) {
	byName := map[string]*Bundled{}
	for _, src := range sources {
		if src.Kind() != crate.Git {
			continue
		}
		w, err := f.WorkTree(ctx, src)
		if err != nil {
			return nil, err
		}
		for n, l := range w.Layers() {
			b, err := f.bundle(byName, src, l)
			if err != nil {
				return nil, err
			}
			if n == 0 {
				b.checkOut(src)
			}
		}
		w.LetGo()
	}
	var all []*Bundled
	for _, b := range byName {
		b.sort()
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *Bundled) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// bundle adds a repository of a work tree.
func (f *Folder) bundle(byName map[string]*Bundled, src crate.SourceID, l *worktree.Layer) (*Bundled, error) {
	name := f.bundledName(l)
	if name == "" {
		return nil, fmt.Errorf("%s: the submodule %q: its URL is not known, which names its repository", src.Display(), l.Root)
	}
	b := byName[name]
	if b == nil {
		b = &Bundled{Name: name, URL: l.URL, For: src, folder: f}
		byName[name] = b
	}
	if l.URL < b.URL { // the same one in each run
		b.URL = l.URL
	}
	if !slices.Contains(b.Commits, l.Commit) {
		b.Commits, b.from = append(b.Commits, l.Commit), append(b.from, l.DB)
	}
	return b, nil
}

// bundledName is that of a repository of a work tree; "" if its URL is not known.
func (f *Folder) bundledName(l *worktree.Layer) string {
	at, err := crate.NewGitSource(l.URL, crate.GitRef{})
	if err != nil || l.URL == "" {
		return ""
	}
	return f.names(at)[0]
}

// checkOut adds a source, unless another has its commit.
func (b *Bundled) checkOut(src crate.SourceID) {
	same := func(other crate.SourceID) bool { return strings.EqualFold(other.Precise(), src.Precise()) }
	if !slices.ContainsFunc(b.Checkouts, same) {
		b.Checkouts = append(b.Checkouts, src)
	}
}

// sort puts the commits in order.
func (b *Bundled) sort() {
	from := map[string]*object.DB{}
	for i, commit := range b.Commits {
		from[commit] = b.from[i]
	}
	slices.Sort(b.Commits)
	for i, commit := range b.Commits {
		b.from[i] = from[commit]
	}
}

// Write writes to tree, which is empty and which it finishes, the repository's objects: one
// pack with its index, of whichever repositories of the home they are in.
func (b *Bundled) Write(ctx context.Context, tree *staging.Writer) error {
	return errors.Join(object.WritePack(ctx, tree, b.from, b.Commits), tree.Finish())
}

// Short returns the name of the folder that Cargo checks the commit of a source out into,
// in a home of which dir, that Write wrote, is the repository.
func (b *Bundled) Short(src crate.SourceID, dir string) (string, error) {
	db, err := object.OpenDB(dir, dir, b.folder.budget)
	if err != nil {
		return "", err
	}
	short, err := db.Short(src.Precise())
	return short, errors.Join(err, db.Close())
}

// WriteCheckout writes to tree, which is empty and which it finishes, the work tree of a
// source, as Cargo takes it for its own in git/checkouts/NAME/SHORT of a home that has the
// bundled repositories.
func (b *Bundled) WriteCheckout(ctx context.Context, src crate.SourceID, tree *staging.Writer, jobs int) error {
	w, err := b.folder.WorkTree(ctx, src)
	if err != nil {
		return errors.Join(err, tree.Finish())
	}
	defer w.LetGo()
	return w.WriteBundled(ctx, tree, jobs, func(l *worktree.Layer) string {
		at := path.Join("checkouts/NAME/SHORT", l.Root, worktree.GitFile, "objects") // below git
		return strings.Repeat("../", 1+strings.Count(at, "/")) + "db/" + b.folder.bundledName(l) + "/objects"
	})
}
