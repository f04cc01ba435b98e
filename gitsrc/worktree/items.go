package worktree

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"

	"github.com/go-git/go-git/v5/plumbing"
)

// Bounds of a work tree, submodules included. The largest repositories known
// have some 400 000 files.
const (
	maxEntries = 500_000
	maxDepth   = 256      // folders within another
	maxNames   = 64 << 20 // bytes of all paths
)

// item is an entry of a commit's tree that is no folder: an entry of the git
// index after a checkout.
type item struct {
	path string // within the repository
	mode uint32 // as in the tree: "100664" is kept
	hash plumbing.Hash
}

func (i item) typ() uint32 { return i.mode & object.TypeMask }

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
		return &object.LimitError{What: "entries in a work tree", Limit: maxEntries}
	case q.names < 0:
		return &object.LimitError{What: "bytes of paths in a work tree", Limit: maxNames}
	case len(path) > object.MaxName:
		return &object.LimitError{What: "bytes in a path", Limit: object.MaxName}
	}
	return nil
}

// itemsOf lists a tree with all below it, in the order of the git index: by the
// bytes of the path.
func itemsOf(ctx context.Context, db *object.DB, root plumbing.Hash, q *quota) ([]item, error) {
	w := &treeWalk{ctx: ctx, db: db, quota: q}
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
	db    *object.DB
	quota *quota
	items []item
}

func (w *treeWalk) walk(tree plumbing.Hash, prefix string, depth int) error {
	if depth > maxDepth {
		return &object.LimitError{What: "folders within another", Limit: maxDepth}
	}
	data, err := w.db.Read(w.ctx, tree, plumbing.TreeObject, object.MaxTree)
	for err == nil && len(data) > 0 {
		var e object.TreeEntry
		if e, data, err = object.CutEntry(data); err != nil {
			return &object.ObjectError{Object: tree.String(), Err: err}
		}
		err = w.entry(item{prefix + e.Name, e.Mode, e.Hash}, e.Name, depth)
	}
	return err
}

func (w *treeWalk) entry(it item, name string, depth int) error {
	if err := checkName(name, it.typ() == object.TypeLink); err != nil {
		return &EntryError{it.path, err}
	}
	if err := w.quota.take(it.path); err != nil {
		return err
	}
	if err := w.db.Budget().Spend(workPerEntry + workPerPathByte*int64(len(it.path))); err != nil {
		return err
	}
	switch it.typ() {
	case object.TypeTree:
		return w.walk(it.hash, it.path+"/", depth+1)
	case object.TypeFile, object.TypeLink, object.TypeGitlink:
		w.items = append(w.items, it)
		return nil
	}
	return &EntryError{it.path, fmt.Errorf("has mode %o, which no entry has", it.mode)}
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
		for d := filelist.Parent(it.path); ; d = filelist.Parent(d) {
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
