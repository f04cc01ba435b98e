package gitsrc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// minShort is how many digits of a commit Cargo's folder names have at least.
const minShort = 7

// Bounds of objects/info/alternates.
const (
	maxAlternatesFile = 64 << 10 // bytes
	maxAlternates     = 32       // folders of objects, those of alternates included
)

// ErrNoDB is matched by the error for a folder that holds no repository. It
// matches fs.ErrNotExist too.
var ErrNoDB error = noDBError{}

type noDBError struct{}

func (noDBError) Error() string        { return "no git repository" }
func (noDBError) Is(target error) bool { return target == fs.ErrNotExist }

// MissingError says that a repository is not at hand with the commit wanted. It
// matches fs.ErrNotExist.
type MissingError struct {
	Source    crate.SourceID // zero for a submodule whose URL is not known
	Commit    string
	Submodule string   // its path in the work tree, "" for the repository itself
	Looked    []string // repositories that lack the commit, none if there is none at all
}

func (e *MissingError) Error() string {
	what, why := crate.Redact(e.Source.URL()), "its repository is not in the Cargo home"
	switch {
	case e.Source == crate.SourceID{}:
		what, why = fmt.Sprintf("submodule %q", e.Submodule), "its URL is relative to that of its repository, which is not known"
	case e.Submodule != "":
		what = fmt.Sprintf("submodule %q, %s", e.Submodule, what)
	}
	if len(e.Looked) > 0 {
		why = fmt.Sprintf("commit %s is not in %s", e.Commit, strings.Join(e.Looked, ", "))
	}
	return what + ": " + why
}

func (e *MissingError) Unwrap() error { return fs.ErrNotExist }

// DB is a repository of which only the objects are read. It is safe for
// concurrent use, holds files open until [DB.Close], and trusts nothing it reads.
type DB struct {
	dir   string
	store *store
}

// OpenDB opens the repository in dir: a bare one such as git/db/NAME, or the
// ".git" of a work tree. It may borrow objects from other folders by its
// objects/info/alternates if they lie within home, the Cargo home. The error
// matches [ErrNoDB] if there is no repository.
func OpenDB(dir, home string) (*DB, error) { return openDB(dir, home, newBudget()) }

// openDB is OpenDB for a repository of which b counts what reading it takes.
func openDB(dir, home string, b *budget) (*DB, error) {
	root, err := fsx.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoDB)
	}
	if err != nil {
		return nil, err
	}
	if err := checkObjects(root); err != nil {
		root.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	s, err := openStore(root, b)
	if err == nil {
		objects := filepath.Join(dir, "objects")
		s.dirs[0].path = objects
		if err = s.addAlternates(home, objects); err != nil {
			err = errors.Join(err, s.close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return &DB{dir, s}, nil
}

// checkObjects: a folder of objects that cannot be looked at is not the same as none.
func checkObjects(root *os.Root) error {
	switch fi, err := root.Stat("objects"); {
	case errors.Is(err, fs.ErrNotExist), err == nil && !fi.IsDir():
		return ErrNoDB
	default:
		return err
	}
}

// addAlternates adds the folders that those known name in info/alternates, and
// those that they name, in order. One that is gone, or not to be read, is passed over.
func (s *store) addAlternates(home, objects string) error {
	seen := map[string]bool{objects: true}
	for i := 0; i < len(s.dirs); i++ { // dirs grows
		data, err := readSmall(s.dirs[i].root, filepath.Join("info", "alternates"), maxAlternatesFile)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(data)) {
			path := strings.TrimRight(line, "\r\n")
			if path == "" || path[0] == '#' {
				continue
			}
			if !filepath.IsAbs(path) {
				path = filepath.Join(s.dirs[i].path, filepath.FromSlash(path))
			}
			if path = filepath.Clean(path); seen[path] {
				continue
			}
			seen[path] = true
			if err := s.addAlternate(home, path); err != nil {
				return fmt.Errorf("alternate %q: %w", path, err)
			}
		}
	}
	return nil
}

func (s *store) addAlternate(home, path string) error {
	if len(s.dirs) >= maxAlternates {
		return &LimitError{"folders of objects", maxAlternates}
	}
	root, err := openWithin(home, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.unread = append(s.unread, fmt.Errorf("%q, which is not there", path))
		return nil
	case errors.Is(err, errOutside):
		s.unread = append(s.unread, fmt.Errorf("%q, which %w", path, err))
		return nil
	case err != nil:
		return err
	}
	return s.add(root, path)
}

var errOutside = errors.New("lies outside the Cargo home and is not read")

// openWithin opens the folder at path if it lies below home, or below where home,
// its git folder or its repositories really are: each may be a link.
func openWithin(home, path string) (*os.Root, error) {
	for _, bound := range []string{filepath.Join(home, "git", "db"), filepath.Join(home, "git"), home} {
		real, err := filepath.EvalSymlinks(bound)
		if err != nil {
			continue
		}
		for _, base := range []string{bound, real} {
			if rel, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(rel) {
				return openBelow(base, rel)
			}
		}
	}
	return nil, errOutside
}

func openBelow(base, rel string) (*os.Root, error) {
	outer, err := fsx.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	defer outer.Close()
	return fsx.OpenRootIn(outer, rel)
}

// Dir returns the folder the repository is in.
func (db *DB) Dir() string { return db.dir }

// Close closes the repository's files. Reading after it gives fs.ErrClosed.
func (db *DB) Close() error { return db.store.close() }

// Commit is a commit of a repository.
type Commit struct {
	ID   string // 40 hexadecimal digits, in lower case
	tree plumbing.Hash
	hash plumbing.Hash
}

// Commit returns a commit by its full id. The error matches fs.ErrNotExist if the
// repository lacks it, [ErrUnread] if it has objects that are not read here, so that
// it may have the commit, [ErrPrecise] if id is none, and else [ErrDamaged].
func (db *DB) Commit(id string) (*Commit, error) {
	h, err := commitHash(id)
	if err != nil {
		return nil, err
	}
	ok, err := db.store.has(h)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", db.dir, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: commit %s: %w", db.dir, h, cmp.Or(db.store.whyUnread(), fs.ErrNotExist))
	}
	tree, err := db.store.treeOf(context.Background(), h)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", db.dir, err)
	}
	return &Commit{h.String(), tree, h}, nil
}

// ErrPrecise is matched by the error for a locked commit that is not 40
// hexadecimal digits.
var ErrPrecise = errors.New("not the full id of a commit")

func commitHash(id string) (plumbing.Hash, error) {
	if !plumbing.IsHash(id) {
		return plumbing.ZeroHash, fmt.Errorf("%q: %w", id[:min(len(id), 64)], ErrPrecise)
	}
	return plumbing.NewHash(id), nil
}

// Short returns the name of the folder into which Cargo checks out a commit: as
// many of its digits as tell it from all other objects of the repository, seven
// at least (spec 6.2). The name may grow as the repository does.
func (db *DB) Short(id string) (string, error) {
	h, err := commitHash(id)
	if err != nil {
		return "", err
	}
	shared, err := db.store.shared(h)
	if err != nil {
		return "", fmt.Errorf("%s: %w", db.dir, err)
	}
	return h.String()[:min(max(minShort, shared+1), 2*len(h))], nil
}
