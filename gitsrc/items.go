package gitsrc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// Bounds of a work tree, submodules included. The largest repositories known
// have some 400 000 files.
const (
	maxEntries = 500_000
	maxDepth   = 256      // folders within another
	maxNames   = 64 << 20 // bytes of all paths
	maxName    = 4096     // bytes of one path
	maxMode    = 16       // bytes of a mode: six, or seven with an odd tool's zero
)

// The types of entries, as in the modes of stat(2).
const (
	typeMask    = 0o170000
	typeTree    = 0o040000
	typeFile    = 0o100000
	typeLink    = 0o120000
	typeGitlink = 0o160000
)

// item is an entry of a commit's tree that is no folder: an entry of the git
// index after a checkout.
type item struct {
	path string // within the repository
	mode uint32 // as in the tree: "100664" is kept
	hash plumbing.Hash
}

func (i item) typ() uint32 { return i.mode & typeMask }

// quota is what may still be read for one work tree.
type quota struct {
	entries int
	names   int
}

func newQuota() *quota { return &quota{maxEntries, maxNames} }

func (q *quota) take(path string) error {
	q.entries--
	q.names -= len(path)
	switch {
	case q.entries < 0:
		return &LimitError{"entries in a work tree", maxEntries}
	case q.names < 0:
		return &LimitError{"bytes of paths in a work tree", maxNames}
	case len(path) > maxName:
		return &LimitError{"bytes in a path", maxName}
	}
	return nil
}

// items lists a tree with all below it, in the order of the git index: by the
// bytes of the path.
func (s *store) items(ctx context.Context, root plumbing.Hash, q *quota) ([]item, error) {
	w := &treeWalk{ctx: ctx, store: s, quota: q}
	if err := w.walk(root, "", 0); err != nil {
		return nil, err
	}
	// Trees are in this order already, unless an odd tool made them.
	byPath := func(a, b item) int { return strings.Compare(a.path, b.path) }
	if !slices.IsSortedFunc(w.items, byPath) {
		slices.SortFunc(w.items, byPath)
	}
	return w.items, checkClashes(w.items)
}

type treeWalk struct {
	ctx   context.Context
	store *store
	quota *quota
	items []item
}

func (w *treeWalk) walk(tree plumbing.Hash, prefix string, depth int) error {
	if depth > maxDepth {
		return &LimitError{"folders within another", maxDepth}
	}
	data, err := w.store.read(w.ctx, tree, plumbing.TreeObject, maxTreeSize)
	for err == nil && len(data) > 0 {
		var mode uint32
		var name string
		var hash plumbing.Hash
		if mode, name, hash, data, err = cutEntry(data); err != nil {
			return &ObjectError{tree.String(), err}
		}
		err = w.entry(item{prefix + name, mode, hash}, name, depth)
	}
	return err
}

func (w *treeWalk) entry(it item, name string, depth int) error {
	if err := checkName(name, it.typ() == typeLink); err != nil {
		return &EntryError{it.path, err}
	}
	if err := w.quota.take(it.path); err != nil {
		return err
	}
	if err := w.store.budget.spend(workPerEntry + workPerPathByte*int64(len(it.path))); err != nil {
		return err
	}
	switch it.typ() {
	case typeTree:
		return w.walk(it.hash, it.path+"/", depth+1)
	case typeFile, typeLink, typeGitlink:
		w.items = append(w.items, it)
		return nil
	}
	return &EntryError{it.path, fmt.Errorf("has mode %o, which no entry has", it.mode)}
}

// cutEntry cuts the first entry off a tree: "MODE NAME\0" and 20 bytes.
func cutEntry(tree []byte) (mode uint32, name string, h plumbing.Hash, rest []byte, err error) {
	head, rest, ok := bytes.Cut(tree, []byte{0})
	if !ok || len(rest) < len(h) {
		return 0, "", h, nil, fmt.Errorf("%w: a tree ends within an entry", ErrDamaged)
	}
	m, n, ok := bytes.Cut(head, []byte{' '})
	if len(m) > maxMode || len(n) > maxName {
		return 0, "", h, nil, fmt.Errorf("%w: an entry of a tree has a mode or a name without end", ErrDamaged)
	}
	bits, modeErr := strconv.ParseUint(string(m), 8, 16)
	if !ok || modeErr != nil {
		return 0, "", h, nil, fmt.Errorf("%w: an entry of a tree has no mode", ErrDamaged)
	}
	return uint32(bits), string(n), plumbing.Hash(rest[:len(h)]), rest[len(h):], nil
}

var errClash = errors.New("is there twice, or as a file and as a folder")

// checkClashes refuses paths that stand twice in a sorted list, or above another.
func checkClashes(items []item) error {
	files := make(map[string]struct{}, len(items))
	for _, it := range items {
		if _, twice := files[it.path]; twice {
			return &EntryError{it.path, errClash}
		}
		files[it.path] = struct{}{}
	}
	folders := map[string]struct{}{"": {}} // found to be none of the files
	for _, it := range items {
		for d := parentFolder(it.path); ; d = parentFolder(d) {
			if _, known := folders[d]; known {
				break
			}
			if _, file := files[d]; file {
				return &EntryError{d, errClash}
			}
			folders[d] = struct{}{}
		}
	}
	return nil
}
