package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/fsx"
)

// Folder is the git folder of a Cargo home, from which locked git sources are
// read:
//
//	git/db/NAME                    repositories
//	git/checkouts/NAME/SHORT       work trees, each with a repository of its own
//
// It is safe for concurrent use. Repositories, once found, stay open until
// [Folder.Close].
type Folder struct {
	home  string
	names func(crate.SourceID) []string

	mu     sync.Mutex
	open   map[dbKey]*dbOnce // nil once closed
	gone   []*dbOnce         // forgotten, and in use perhaps
	locked map[string]string // URLs of sources that were asked for, by the names of their folders
	budget *object.Budget    // of all repositories
	proven worktree.Proven
	urls   func() map[crate.SourceKey][]string
}

// dbKey is a folder, and how the repository in it is opened.
type dbKey struct {
	dir    string
	strict bool
}

// dbOnce opens a repository once.
type dbOnce struct {
	once sync.Once
	db   *object.DB
	err  error
}

// NewFolder returns the git folder of the Cargo home in home. names gives the
// NAMEs that Cargos compute for a git source, the most trusted first. Nothing is
// read yet.
func NewFolder(home string, names func(crate.SourceID) []string) *Folder {
	f := &Folder{home: home, names: names, open: map[dbKey]*dbOnce{}, locked: map[string]string{}, budget: object.NewBudget()}
	f.urls = sync.OnceValue(f.readURLs)
	return f
}

// Dir returns the git folder.
func (f *Folder) Dir() string { return filepath.Join(f.home, "git") }

func (f *Folder) dbDir(name string) string { return filepath.Join(f.home, object.DBPath, name) }

// CheckoutsPath is the folder of a Cargo home that work trees lie in, below it and
// '/'-separated (spec 1.2).
const CheckoutsPath = "git/checkouts"

func (f *Folder) checkoutsDir(name string) string { return filepath.Join(f.home, CheckoutsPath, name) }

func (f *Folder) checkout(name, short string) string {
	return filepath.Join(f.checkoutsDir(name), short)
}

// DB returns the repository of a git source that has a commit, given by its full
// id: of the folders with a computed name the first, or else one that says it was
// fetched from the source's URL (spec 2.6). It is the folder's own and not to be
// closed. The error is a [*worktree.MissingError] if there is none; a repository that
// cannot be read counts only if no other has the commit.
func (f *Folder) DB(src crate.SourceID, commit string) (*object.DB, error) {
	if _, err := object.CommitHash(commit); err != nil {
		return nil, fmt.Errorf("%s: %w", src.Display(), err)
	}
	s := &search{folder: f, commit: commit}
	for _, name := range f.folders(src) {
		if s.try(f.dbDir(name)) {
			return s.found, nil
		}
	}
	return nil, s.failure(src)
}

// dbs returns all repositories of a source that have its commit, as each Cargo has its
// own, the most trusted first, and those that lack it. One that only says
// that it is the source's counts if there is no other, or checkouts were made of it.
// The error is that of [Folder.DB].
func (f *Folder) dbs(src crate.SourceID, commit string) (all []*object.DB, behind []Behind, err error) {
	computed := f.names(src)
	db, err := f.DB(src, commit)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range f.folders(src) {
		dir := f.dbDir(name)
		if !slices.Contains(computed, name) && dir != db.Dir() && len(subfolders(f.checkoutsDir(name))) == 0 {
			continue
		}
		s := &search{folder: f, commit: commit}
		switch {
		case s.try(dir):
			all = append(all, s.found)
		case len(s.looked) > 0:
			behind = append(behind, Behind{src, dir, s.failure(src)})
		}
	}
	return all, behind, nil
}

// folders returns the names that the folders of a source may have: computed ones, then
// those of repositories that say they were fetched from its URL.
func (f *Folder) folders(src crate.SourceID) (folders []string) {
	for _, name := range slices.Concat(f.names(src), f.urls()[sourceKey(src)]) {
		if !slices.Contains(folders, name) {
			folders = append(folders, name)
		}
	}
	return folders
}

// sourceKey is the same for all references of a repository.
func sourceKey(src crate.SourceID) crate.SourceKey {
	key := src.Key()
	key.Ref = crate.GitRef{}
	return key
}

func (f *Folder) openDB(dir string) (*object.DB, error) {
	return f.openAs(dbKey{dir, false}, object.OpenDB)
}

func (f *Folder) openStrict(dir string) (*object.DB, error) {
	return f.openAs(dbKey{dir, true}, object.OpenStrict)
}

func (f *Folder) openAs(key dbKey, open func(dir, home string, b *object.Budget) (*object.DB, error)) (*object.DB, error) {
	o, err := f.once(key)
	if err != nil {
		return nil, err
	}
	o.once.Do(func() { o.db, o.err = open(key.dir, f.home, f.budget) })
	return o.db, o.err
}

func (f *Folder) once(key dbKey) (*dbOnce, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open == nil {
		return nil, fs.ErrClosed
	}
	o := f.open[key]
	if o == nil {
		o = &dbOnce{}
		f.open[key] = o
	}
	return o, nil
}

// forget has the repository in dir opened anew when it is asked for again.
func (f *Folder) forget(dir string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, o := range f.open {
		if key.dir == dir {
			f.gone = append(f.gone, o)
			delete(f.open, key)
		}
	}
}

// readURLs lists which repositories say they were fetched from where.
func (f *Folder) readURLs() map[crate.SourceKey][]string {
	found := map[crate.SourceKey][]string{}
	for _, name := range subfolders(f.dbDir("")) {
		for _, url := range object.Remotes(f.dbDir(name)) {
			if src, err := crate.NewGitSource(url, crate.GitRef{}); err == nil {
				found[sourceKey(src)] = append(found[sourceKey(src)], name)
			}
		}
	}
	return found
}

// subfolders lists the folders in dir, and links, which may be some, in order.
func subfolders(dir string) (names []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if (e.IsDir() || fsx.IsLink(e.Type())) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// WorkTree returns what Cargo checks out for a locked git source; see [worktree.New] for
// errors. Submodules that are missing are one, joined of a [*worktree.MissingError] for
// each. It is good until the folder is closed.
func (f *Folder) WorkTree(ctx context.Context, src crate.SourceID) (*worktree.WorkTree, error) {
	db, err := f.DB(src, src.Precise())
	if err != nil {
		return nil, err
	}
	return whole(f.workTreeIn(ctx, db, src))
}

// whole makes missing submodules an error.
func whole(w *worktree.WorkTree, err error) (*worktree.WorkTree, error) {
	if err == nil {
		err = errors.Join(w.Missing()...)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (f *Folder) workTreeIn(ctx context.Context, db *object.DB, src crate.SourceID) (*worktree.WorkTree, error) {
	w, err := worktree.New(ctx, db, src.Precise(), f.options(src))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", crate.Redact(src.URL()), err)
	}
	return w, nil
}

// options are those of a source that is locked, of which the URL is remembered.
func (f *Folder) options(src crate.SourceID) *worktree.Options {
	f.remember(src)
	return &worktree.Options{URL: src.URL(), Trust: worktree.Known, Open: func(path string, sub crate.SourceID, commit string) (*object.DB, error) {
		return f.submodule(src, path, sub, commit)
	}}
}

// remember: of several spellings, which differ at their ends, any will do if it is the
// same in each run.
func (f *Folder) remember(src crate.SourceID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range f.names(src) {
		if old, ok := f.locked[name]; !ok || src.URL() < old {
			f.locked[name] = src.URL()
		}
	}
}

// submodule finds the repository of a submodule. Cargos up to 1.93 have none for
// it in git/db: its objects are only in work trees of the repository it is a part of
// (spec 6.4).
func (f *Folder) submodule(outer crate.SourceID, path string, src crate.SourceID, commit string) (*object.DB, error) {
	db, err := f.DB(src, commit)
	if err == nil {
		return db, nil
	}
	for _, name := range f.folders(outer) {
		for _, short := range subfolders(f.checkoutsDir(name)) {
			if err := f.budget.Spend(worktree.WorkPerSubmodule); err != nil {
				return nil, err
			}
			if db := f.within(name, short, path, commit); db != nil {
				return db, nil
			}
		}
	}
	return nil, err
}

// Close closes all repositories that were opened. What needs one fails from then on
// with fs.ErrClosed.
func (f *Folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, o := range slices.AppendSeq(f.gone, maps.Values(f.open)) {
		o.once.Do(func() { o.err = fs.ErrClosed }) // one being opened is waited for
		if o.db != nil {
			errs = append(errs, o.db.Close())
		}
	}
	f.open, f.gone = nil, nil
	return errors.Join(errs...)
}
