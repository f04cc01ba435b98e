package gitsrc

import (
	"context"
	"errors"
	"fmt"
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

	from []*object.DB // that has each commit
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
		for _, l := range w.Layers() {
			if err := f.bundle(byName, src, l); err != nil {
				return nil, err
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
func (f *Folder) bundle(byName map[string]*Bundled, src crate.SourceID, l *worktree.Layer) error {
	at, err := crate.NewGitSource(l.URL, crate.GitRef{})
	if err != nil || l.URL == "" {
		return fmt.Errorf("%s: the submodule %q: its URL is not known, which names its repository", src.Display(), l.Root)
	}
	name := f.names(at)[0]
	b := byName[name]
	if b == nil {
		b = &Bundled{Name: name, URL: l.URL, For: src}
		byName[name] = b
	}
	if l.URL < b.URL { // the same one in each run
		b.URL = l.URL
	}
	if !slices.Contains(b.Commits, l.Commit) {
		b.Commits, b.from = append(b.Commits, l.Commit), append(b.from, l.DB)
	}
	return nil
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

// Write writes to tree, which is empty and which it finishes, the repository's objects:
// one pack with its index, or one for each repository of the home that they are in.
func (b *Bundled) Write(ctx context.Context, tree *staging.Writer) error {
	var err error
	for i := 0; i < len(b.Commits) && err == nil; {
		end := i + 1
		for end < len(b.Commits) && b.from[end] == b.from[i] {
			end++
		}
		err = b.from[i].WritePack(ctx, tree, b.Commits[i:end])
		i = end
	}
	return errors.Join(err, tree.Finish())
}
