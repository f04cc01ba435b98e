package manifest

import (
	"errors"
	"io/fs"
)

// A Tree is a work tree of a repository and the packages in it. It must not be used
// by several goroutines at once.
//
// Of a tree that is not [Reader.Nightly], what only a nightly cargo takes is taken if a
// package is not found else.
type Tree struct {
	*Reader

	found   []*packageManifest // in the order of [Tree.scan]
	passed  []passedOver       // the others, in the same order
	nightly *Tree              // see [Tree.asNightly]
	all     []*Found           // what they are to users
	scanned bool
	scanErr error
}

// NewTree returns the tree of fsys, of which nothing is read yet.
func NewTree(fsys fs.FS) *Tree {
	return &Tree{Reader: NewWholeReader(workTree{fsys}, "")}
}

// Load is [Reader.Load], by the rules of a nightly cargo where it takes these.
func (t *Tree) Load(dir string) (*Manifest, error) {
	m, err := t.Reader.Load(dir)
	if _, nightly := errors.AsType[*NightlyError](err); nightly && !t.Nightly {
		return t.asNightly().Load(dir)
	}
	return m, err
}
