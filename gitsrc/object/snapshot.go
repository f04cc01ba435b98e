package object

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// MaxFileSize is the most bytes [Snapshot.File] returns. The largest entry
	// files of crates.io have a few megabytes.
	MaxFileSize = 32 << 20

	// MaxTree is the most bytes a tree may have.
	MaxTree = 64 << 20

	maxCommitSize = 4 << 20
	maxTreeCache  = 16 << 20 // bytes of trees kept
)

// Snapshot is the files of one commit, by their paths. It is safe for concurrent use;
// reads happen one at a time. It holds files open until [Snapshot.Close].
type Snapshot struct {
	commit, root plumbing.Hash

	mu       sync.Mutex
	db       *DB // nil once closed
	trees    map[plumbing.Hash][]byte
	treesLen int
}

// OpenIndex opens what the last fetch left in the git-protocol index in dir: a
// repository whose git directory is dir/.git, or dir itself if it is bare. The
// error matches [ErrNoIndex] if there is none or nothing was fetched. Opening
// reads the heads of all pack indexes, so it is for when an index's cache does
// not have the answer.
func OpenIndex(dir string) (*Snapshot, error) {
	root, bare, err := openGitDir(dir)
	if err != nil {
		return nil, err
	}
	return openIndex(root, dir, func(root *os.Root) (plumbing.Hash, error) { return tip(root, bare) }, openIn)
}

// OpenIndexStrict is [OpenIndex] for those who ask what Cargo would find: it knows one
// reference, opens the repository as [OpenStrict] does, and goes where links lead (cargo
// 1.95: resolve_ref).
func OpenIndexStrict(dir string) (*Snapshot, error) {
	git := filepath.Join(dir, ".git")
	root, err := fsx.OpenRoot(git)
	if errors.Is(err, fs.ErrNotExist) {
		git = dir
		root, _, err = openGitDir(dir)
	}
	if err != nil {
		return nil, err
	}
	return openIndex(root, dir, func(root *os.Root) (plumbing.Hash, error) {
		h, err := resolve(root, "refs/remotes/origin/HEAD")
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrNoIndex
		}
		return h, err
	}, func(root *os.Root, _ string, b *Budget) (*DB, error) { return openStrictly(root, git, b) })
}

// openIndex takes over root, which is the git directory.
func openIndex(root *os.Root, dir string, tip func(*os.Root) (plumbing.Hash, error), open func(*os.Root, string, *Budget) (*DB, error)) (*Snapshot, error) {
	commit, err := tip(root)
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	db, err := open(root, dir, NewBudget())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	c, err := db.readCommit(context.Background(), commit)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return &Snapshot{commit: commit, root: c.Tree, db: db, trees: map[plumbing.Hash][]byte{}}, nil
}

// Commit returns the commit that the files are of, 40 hexadecimal digits.
func (s *Snapshot) Commit() string { return s.commit.String() }

// File returns the content of the file at a slash-separated path. The error
// matches fs.ErrNotExist if the tree has none there; one larger than
// [MaxFileSize], a symbolic link and a folder are errors of their own.
func (s *Snapshot) File(path string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := s.file(path)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return data, nil
}

func (s *Snapshot) file(path string) ([]byte, error) {
	id, err := s.find(path)
	if err != nil {
		return nil, err
	}
	return s.db.Read(context.Background(), id, plumbing.BlobObject, MaxFileSize)
}

// ID returns the id of the content of a file, which need not be there; the errors are those
// of [Snapshot.File].
func (s *Snapshot) ID(path string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.find(path)
	if err != nil {
		return "", &fs.PathError{Op: "find", Path: path, Err: err}
	}
	return id.String(), nil
}

// find returns the id of a file.
func (s *Snapshot) find(path string) (id plumbing.Hash, err error) {
	if s.db == nil {
		return id, fs.ErrClosed
	}
	at := s.root
	for {
		name, rest, more := strings.Cut(path, "/")
		tree, err := s.tree(at)
		if err != nil {
			return id, err
		}
		if err := s.db.budget.Spend(int64(len(tree))); err != nil {
			return id, err
		}
		mode, hash, err := findEntry(tree, name)
		switch {
		case err != nil:
			return id, err
		case more != (mode == modeDir):
			return id, notFileError(more)
		case more:
			at, path = hash, rest
		case mode != modeFile && mode != modeExec && mode != modeGroup:
			return id, notFileError(false)
		default:
			return hash, nil
		}
	}
}

// notFileError: a file where a folder should be means that nothing lies below it.
func notFileError(below bool) error {
	if below {
		return fs.ErrNotExist
	}
	return errors.New("not a file")
}

// maxDepth is how many folders a file of [Snapshot.Each] may lie in: entries of an index
// lie in two.
const maxDepth = 8

// Each calls do with each file, in the order of the trees, until that returns an error. A
// link or a submodule is an error, and so are more files than [DB.WritePack] writes. From
// do the Snapshot is not to be called.
func (s *Snapshot) Each(do func(path string, data []byte) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return fs.ErrClosed
	}
	left := maxReachable
	return s.each(s.root, "", &left, do)
}

// each goes through a tree, which lies at a path that is "" or ends in '/'.
func (s *Snapshot) each(tree plumbing.Hash, at string, left *int, do func(path string, data []byte) error) error {
	data, err := s.tree(tree)
	for err == nil && len(data) > 0 {
		var e TreeEntry
		if e, data, err = CutEntry(data); err != nil {
			return err
		}
		if *left--; *left < 0 || strings.Count(at, "/") > maxDepth {
			return &LimitError{"files of a commit, or folders around one", maxReachable}
		}
		if e.Mode&TypeMask == TypeTree {
			err = s.each(e.Hash, at+e.Name+"/", left, do)
		} else {
			err = s.use(at+e.Name, do)
		}
	}
	return err
}

func (s *Snapshot) use(path string, do func(path string, data []byte) error) error {
	data, err := s.file(path)
	if err != nil {
		return &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return do(path, data)
}

func (s *Snapshot) tree(h plumbing.Hash) ([]byte, error) {
	if data, ok := s.trees[h]; ok {
		return data, nil
	}
	data, err := s.db.Read(context.Background(), h, plumbing.TreeObject, MaxTree)
	if err != nil {
		return nil, err
	}
	if s.treesLen += len(data); s.treesLen > maxTreeCache {
		clear(s.trees)
		s.treesLen = len(data)
	}
	s.trees[h] = data
	return data, nil
}

// Close closes the repository's files. Reading after it gives fs.ErrClosed.
func (s *Snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	db := s.db
	s.db, s.trees = nil, nil
	return db.Close()
}

// BlobName returns the name that git gives to the content of a file.
func BlobName(data []byte) string { return plumbing.ComputeHash(plumbing.BlobObject, data).String() }
