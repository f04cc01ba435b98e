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

	mu   sync.Mutex
	open map[string]*dbOnce // by folder
	urls func() map[crate.SourceKey][]string
}

// dbOnce opens a repository once.
type dbOnce struct {
	once sync.Once
	db   *DB
	err  error
}

// NewFolder returns the git folder of the Cargo home in home. names gives the
// NAMEs that Cargos compute for a git source, the most trusted first. Nothing is
// read yet.
func NewFolder(home string, names func(crate.SourceID) []string) *Folder {
	f := &Folder{home: home, names: names, open: map[string]*dbOnce{}}
	f.urls = sync.OnceValue(f.readURLs)
	return f
}

// Dir returns the git folder.
func (f *Folder) Dir() string { return filepath.Join(f.home, "git") }

func (f *Folder) dbDir(name string) string { return filepath.Join(f.Dir(), "db", name) }

func (f *Folder) checkoutsDir(name string) string { return filepath.Join(f.Dir(), "checkouts", name) }

// DB returns the repository of a git source that has a commit, given by its full
// id: of the folders with a computed name the first, or else one that says it was
// fetched from the source's URL (spec 2.6). It is the folder's own and not to be
// closed. The error is a [*MissingError] if there is none; a repository that
// cannot be read counts only if no other has the commit.
func (f *Folder) DB(src crate.SourceID, commit string) (*DB, error) {
	if _, err := commitHash(commit); err != nil {
		return nil, fmt.Errorf("%s: %w", src.Display(), err)
	}
	s := &search{folder: f, commit: commit}
	for _, name := range f.names(src) {
		if s.try(f.dbDir(name)) {
			return s.found, nil
		}
	}
	for _, name := range f.urls()[sourceKey(src)] {
		if s.try(f.dbDir(name)) {
			return s.found, nil
		}
	}
	return nil, s.failure(src)
}

// sourceKey is the same for all references of a repository.
func sourceKey(src crate.SourceID) crate.SourceKey {
	key := src.Key()
	key.Ref = crate.GitRef{}
	return key
}

// search looks for a commit in one repository after the other.
type search struct {
	folder *Folder
	commit string
	found  *DB
	looked []string
	errs   []error
}

// try reports whether the repository in dir has the commit.
func (s *search) try(dir string) bool {
	if slices.Contains(s.looked, dir) {
		return false
	}
	db, err := s.folder.openDB(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	s.looked = append(s.looked, dir)
	if err == nil {
		_, err = db.Commit(s.commit)
	}
	switch {
	case err == nil:
		s.found = db
		return true
	case !errors.Is(err, fs.ErrNotExist):
		s.errs = append(s.errs, err)
	}
	return false
}

func (s *search) failure(src crate.SourceID) error {
	if len(s.errs) > 0 {
		return fmt.Errorf("%s: %w", src.Display(), errors.Join(s.errs...))
	}
	return &MissingError{Source: src, Commit: strings.ToLower(s.commit), Looked: s.looked}
}

func (f *Folder) openDB(dir string) (*DB, error) {
	f.mu.Lock()
	o := f.open[dir]
	if o == nil {
		o = &dbOnce{}
		f.open[dir] = o
	}
	f.mu.Unlock()
	o.once.Do(func() { o.db, o.err = OpenDB(dir, f.home) })
	return o.db, o.err
}

// readURLs lists which repositories say they were fetched from where.
func (f *Folder) readURLs() map[crate.SourceKey][]string {
	found := map[crate.SourceKey][]string{}
	for _, name := range subfolders(filepath.Join(f.Dir(), "db")) {
		for _, url := range Remotes(f.dbDir(name)) {
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
		if (e.IsDir() || e.Type() == fs.ModeSymlink) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// WorkTree returns what Cargo checks out for a locked git source; see
// [DB.WorkTree] for errors. It is good until the folder is closed.
func (f *Folder) WorkTree(ctx context.Context, src crate.SourceID) (*WorkTree, error) {
	w, err := f.workTree(ctx, src)
	if err == nil && len(w.gaps) > 0 {
		err = errors.Join(w.gaps...)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (f *Folder) workTree(ctx context.Context, src crate.SourceID) (*WorkTree, error) {
	db, err := f.DB(src, src.Precise())
	if err != nil {
		return nil, err
	}
	w, err := db.workTree(ctx, src.Precise(), f.options(src))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", crate.Redact(src.URL()), err)
	}
	return w, nil
}

func (f *Folder) options(src crate.SourceID) *WorkTreeOptions {
	return &WorkTreeOptions{URL: src.URL(), Open: func(path string, sub crate.SourceID, commit string) (*DB, error) {
		return f.submodule(src, path, sub, commit)
	}}
}

// submodule finds the repository of a submodule. Cargos up to 1.93 have none for
// it in git/db: its objects are only in the ".git" of work trees of the
// repository it is a part of (spec 6.4).
func (f *Folder) submodule(outer crate.SourceID, path string, src crate.SourceID, commit string) (*DB, error) {
	db, err := f.DB(src, commit)
	if err == nil {
		return db, nil
	}
	s := &search{folder: f, commit: commit}
	for _, name := range f.names(outer) {
		for _, short := range subfolders(f.checkoutsDir(name)) {
			if s.tryWithin(filepath.Join(f.checkoutsDir(name), short), filepath.FromSlash(path+"/"+gitFile)) {
				return s.found, nil
			}
		}
	}
	return nil, err
}

// tryWithin is try for a repository in a work tree, reached by no link that
// leaves the work tree.
func (s *search) tryWithin(checkout, rel string) bool {
	dir := filepath.Join(checkout, rel)
	root, err := openBelow(checkout, rel)
	if err != nil {
		return false
	}
	defer root.Close()
	if fi, err := root.Stat("objects"); err != nil || !fi.IsDir() {
		return false
	}
	return s.try(dir)
}

// Close closes all repositories that were opened.
func (f *Folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, dir := range slices.Sorted(maps.Keys(f.open)) {
		if db := f.open[dir].db; db != nil {
			errs = append(errs, db.Close())
		}
	}
	f.open = map[string]*dbOnce{}
	return errors.Join(errs...)
}
