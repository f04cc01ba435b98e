package object

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"cargohome/internal/fsx"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// DBPath is the folder of a Cargo home that repositories lie in, below it and
// '/'-separated (spec 1.2).
const DBPath = "git/db"

// minShort is how many digits of a commit Cargo's folder names have at least.
const minShort = 7

// ErrNoDB is matched by the error for a folder that holds no repository. It
// matches fs.ErrNotExist too.
var ErrNoDB error = noDBError{}

type noDBError struct{}

func (noDBError) Error() string        { return "no git repository" }
func (noDBError) Is(target error) bool { return target == fs.ErrNotExist }

// DB is a repository of which little but the objects is read. It is safe for
// concurrent use, holds files open until [DB.Close], and trusts nothing it reads.
type DB struct {
	dir      string
	git      *os.Root
	dirs     []*objectDir // the repository's own, then its alternates
	unread   []error      // alternates that were passed over, and why
	strict   bool         // see [OpenStrict]
	workTree string       // of a strict one
	unsound  []error      // packs that were passed over for that, and why
	budget   *Budget
	decoders sync.Pool
}

// OpenDB opens the repository in dir: a bare one such as git/db/NAME, or the
// ".git" of a work tree. It may borrow objects from other folders by its
// objects/info/alternates if they lie within home, the Cargo home. What reading it
// takes is counted by b. The error matches [ErrNoDB] if there is no repository.
func OpenDB(dir, home string, b *Budget) (*DB, error) { return openBy(openChecked, dir, home, b) }

// openBy opens a repository, of which open opens its own objects.
func openBy(open func(root *os.Root, dir string, b *Budget) (*DB, error), dir, home string, b *Budget) (*DB, error) {
	root, err := fsx.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoDB)
	}
	if err != nil {
		return nil, err
	}
	db, err := open(root, dir, b)
	if err == nil {
		if err = db.addAlternates(home); err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return db, nil
}

// openChecked is openIn for what may be no repository.
func openChecked(root *os.Root, dir string, b *Budget) (*DB, error) {
	if err := checkObjects(root); err != nil {
		root.Close()
		return nil, err
	}
	return openIn(root, dir, b)
}

// openIn opens the repository's own objects, in dir. It takes over root, which is that
// folder.
func openIn(root *os.Root, dir string, b *Budget) (*DB, error) {
	db := &DB{dir: dir, git: root, budget: b, decoders: sync.Pool{New: func() any { return newDecoder() }}}
	return db, db.openObjects()
}

// openObjects opens the repository's own objects, or closes the repository.
func (db *DB) openObjects() error {
	objects, err := fsx.OpenRootIn(db.git, "objects")
	if err == nil {
		err = db.add(objects, filepath.Join(db.dir, "objects"))
	}
	if err != nil {
		err = errors.Join(err, db.Close())
	}
	return err
}

// objectDir is one folder of objects.
type objectDir struct {
	path     string // for linking
	root     *os.Root
	packs    []*pack
	depth    int  // how many alternates lead to it
	relative bool // by the path from where the repository lies
	unlinked bool // what is a link is not there, see [DB.Cloned]
}

// add opens the packs of a folder of objects, which db takes over.
func (db *DB) add(objects *os.Root, path string) error {
	open := openPacks
	if db.strict {
		open = db.openSound
	}
	packs, err := open(objects, db.budget)
	db.dirs = append(db.dirs, &objectDir{path: path, root: objects, packs: packs})
	return err
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

// Dir returns the folder the repository is in.
func (db *DB) Dir() string { return db.dir }

// WorkTree returns the folder in which Cargo takes the files of a repository to be that
// [OpenStrict] opened: the repository's own if it is bare.
func (db *DB) WorkTree() string { return db.workTree }

// Budget returns what counts the reading of it.
func (db *DB) Budget() *Budget { return db.budget }

// Close closes the repository's files. Reading after it gives fs.ErrClosed.
func (db *DB) Close() error {
	errs := []error{db.git.Close()}
	for _, dir := range db.dirs {
		for _, p := range dir.packs {
			errs = append(errs, p.close())
		}
		errs = append(errs, dir.root.Close())
	}
	return errors.Join(errs...)
}

// Commit is a commit of a repository.
type Commit struct {
	Hash plumbing.Hash // its name
	Tree plumbing.Hash // its root folder
	When time.Time     // it was committed; the zero time if it does not say so
}

// Commit returns a commit by its full id. The error matches fs.ErrNotExist if the
// repository lacks it, [ErrUnread] if it has objects that are not read here, so that
// it may have the commit, [ErrPrecise] if id is none, and else [ErrDamaged].
func (db *DB) Commit(id string) (*Commit, error) {
	h, err := CommitHash(id)
	if err != nil {
		return nil, err
	}
	ok, err := db.has(h)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", db.dir, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: commit %s: %w", db.dir, h, cmp.Or(db.whyUnread(), fs.ErrNotExist))
	}
	c, err := db.readCommit(context.Background(), h)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", db.dir, err)
	}
	return c, nil
}

func (db *DB) readCommit(ctx context.Context, h plumbing.Hash) (*Commit, error) {
	data, err := db.Read(ctx, h, plumbing.CommitObject, maxCommitSize)
	if err != nil {
		return nil, err
	}
	head, _, _ := bytes.Cut(data, []byte("\n\n"))
	line, rest, _ := bytes.Cut(head, []byte{'\n'})
	tree, ok := bytes.CutPrefix(line, []byte("tree "))
	if !ok || !plumbing.IsHash(string(tree)) {
		return nil, fmt.Errorf("commit %s: %w: it names no tree", h, ErrDamaged)
	}
	return &Commit{h, plumbing.NewHash(string(tree)), committed(rest)}, nil
}

// committed reads the time in a line "committer NAME <ADDRESS> SECONDS ZONE".
func committed(head []byte) time.Time {
	_, rest, _ := bytes.Cut(head, []byte("\ncommitter "))
	line, _, _ := bytes.Cut(rest, []byte{'\n'})
	fields := bytes.Fields(line[bytes.LastIndexByte(line, '>')+1:])
	if len(fields) == 0 {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil || seconds < 0 || seconds > maxTime {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// maxTime is the end of the year 9999, in seconds.
const maxTime = 253402300799

// ErrPrecise is matched by the error for a locked commit that is not 40
// hexadecimal digits.
var ErrPrecise = errors.New("not the full id of a commit")

// CommitHash reads the full id of a commit. The error matches [ErrPrecise] if it is none.
func CommitHash(id string) (plumbing.Hash, error) {
	if !plumbing.IsHash(id) {
		shown := id[strings.LastIndexByte(id, '@')+1:] // or it may be of a password with a '#' in it
		return plumbing.ZeroHash, fmt.Errorf("%q: %w", shown[:min(len(shown), 64)], ErrPrecise)
	}
	return plumbing.NewHash(id), nil
}

// Short returns the name of the folder into which Cargo checks out a commit: as
// many of its digits as tell it from all other objects of the repository, seven
// at least (spec 6.2). The name may grow as the repository does.
func (db *DB) Short(id string) (string, error) {
	h, err := CommitHash(id)
	if err != nil {
		return "", err
	}
	shared, err := db.shared(h)
	if err != nil {
		return "", fmt.Errorf("%s: %w", db.dir, err)
	}
	return h.String()[:min(max(minShort, shared+1), 2*len(h))], nil
}

// shared returns how many digits the name h has in common with the one most like
// it of all other objects.
func (db *DB) shared(h plumbing.Hash) (most int, err error) {
	for _, dir := range db.dirs {
		for _, p := range dir.packs {
			n, err := p.shared(h)
			if err != nil {
				return 0, err
			}
			most = max(most, n)
		}
		n, err := dir.sharedLoose(h)
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
}
