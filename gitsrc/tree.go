package gitsrc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// MaxFileSize is the most bytes [Tree.File] returns. The largest entry
	// files of crates.io have a few megabytes.
	MaxFileSize = 32 << 20

	maxCommitSize = 4 << 20
	maxTreeSize   = 64 << 20
	maxTreeCache  = 16 << 20 // bytes of trees kept
)

// Tree is the tree of files of one commit. It is safe for concurrent use; reads
// happen one at a time. It holds files open until [Tree.Close].
type Tree struct {
	root plumbing.Hash

	mu       sync.Mutex
	store    *store
	trees    map[plumbing.Hash][]byte
	treesLen int
}

// OpenIndex opens what the last fetch left in the git-protocol index in dir: a
// repository whose git directory is dir/.git, or dir itself if it is bare. The
// error matches [ErrNoIndex] if there is none or nothing was fetched. Opening
// reads the heads of all pack indexes, so it is for when an index's cache does
// not have the answer.
func OpenIndex(dir string) (*Tree, error) {
	root, bare, err := openGitDir(dir)
	if err != nil {
		return nil, err
	}
	commit, err := tip(root, bare)
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	s, err := openStore(root, newBudget())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	tree, err := s.treeOf(context.Background(), commit)
	if err != nil {
		s.close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return &Tree{root: tree, store: s, trees: map[plumbing.Hash][]byte{}}, nil
}

// treeOf reads the first line of a commit, which names its tree.
func (s *store) treeOf(ctx context.Context, commit plumbing.Hash) (plumbing.Hash, error) {
	data, err := s.read(ctx, commit, plumbing.CommitObject, maxCommitSize)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	line, _, _ := bytes.Cut(data, []byte{'\n'})
	hash, ok := bytes.CutPrefix(line, []byte("tree "))
	if !ok || !plumbing.IsHash(string(hash)) {
		return plumbing.ZeroHash, fmt.Errorf("commit %s: %w: it names no tree", commit, ErrDamaged)
	}
	return plumbing.NewHash(string(hash)), nil
}

// File returns the content of the file at a slash-separated path. The error
// matches fs.ErrNotExist if the tree has none there; one larger than
// [MaxFileSize], a symbolic link and a folder are errors of their own.
func (t *Tree) File(path string) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	data, err := t.file(path)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return data, nil
}

func (t *Tree) file(path string) ([]byte, error) {
	if t.store == nil {
		return nil, fs.ErrClosed
	}
	at := t.root
	for {
		name, rest, more := strings.Cut(path, "/")
		tree, err := t.tree(at)
		if err != nil {
			return nil, err
		}
		if err := t.store.budget.spend(int64(len(tree))); err != nil {
			return nil, err
		}
		mode, hash, err := findEntry(tree, name)
		switch {
		case err != nil:
			return nil, err
		case more != (mode == modeDir):
			return nil, notFileError(more)
		case more:
			at, path = hash, rest
		case mode != modeFile && mode != modeExec && mode != modeGroup:
			return nil, notFileError(false)
		default:
			return t.store.read(context.Background(), hash, plumbing.BlobObject, MaxFileSize)
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

func (t *Tree) tree(h plumbing.Hash) ([]byte, error) {
	if data, ok := t.trees[h]; ok {
		return data, nil
	}
	data, err := t.store.read(context.Background(), h, plumbing.TreeObject, maxTreeSize)
	if err != nil {
		return nil, err
	}
	if t.treesLen += len(data); t.treesLen > maxTreeCache {
		clear(t.trees)
		t.treesLen = len(data)
	}
	t.trees[h] = data
	return data, nil
}

// The modes of tree entries. 100664 was written by git's first versions.
const (
	modeDir   = "40000"
	modeFile  = "100644"
	modeExec  = "100755"
	modeGroup = "100664"
)

// findEntry looks through a tree, whose entries are "MODE NAME\0" and 20 bytes.
func findEntry(tree []byte, want string) (mode string, h plumbing.Hash, err error) {
	for len(tree) > 0 {
		head, rest, ok := bytes.Cut(tree, []byte{0})
		if !ok || len(rest) < len(h) {
			return "", h, fmt.Errorf("%w: a tree ends within an entry", ErrDamaged)
		}
		m, name, ok := bytes.Cut(head, []byte{' '})
		if ok && string(name) == want {
			return strings.TrimLeft(string(m), "0"), plumbing.Hash(rest[:len(h)]), nil
		}
		tree = rest[len(h):]
	}
	return "", h, fs.ErrNotExist
}

// Close closes the repository's files. Reading after it gives fs.ErrClosed.
func (t *Tree) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.store == nil {
		return nil
	}
	s := t.store
	t.store, t.trees = nil, nil
	return s.close()
}
