package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxReachable bounds the objects that commits are made of; the largest repositories have
// half a million files.
const maxReachable = 4 << 20

// packObject is one that is to be written.
type packObject struct {
	name plumbing.Hash
	typ  plumbing.ObjectType
}

// reachable returns commits with their trees and files, each once, in order of names.
// Parents are not among them, nor are the commits of submodules.
func (db *DB) reachable(ctx context.Context, commits []string) ([]packObject, error) {
	seen := map[plumbing.Hash]plumbing.ObjectType{}
	var trees []plumbing.Hash
	for _, id := range commits {
		c, err := db.Commit(id)
		if err != nil {
			return nil, err
		}
		seen[c.Hash] = plumbing.CommitObject
		trees = append(trees, c.Tree)
	}
	for len(trees) > 0 {
		h := trees[len(trees)-1]
		trees = trees[:len(trees)-1]
		if _, ok := seen[h]; ok {
			continue
		}
		seen[h] = plumbing.TreeObject
		data, err := db.Read(ctx, h, plumbing.TreeObject, MaxTree)
		if err == nil {
			trees, err = addTreeEntries(data, seen, trees)
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, fmt.Errorf("%s: %w", db.dir, err)
		}
	}
	return sortedObjects(seen), nil
}

// addTreeEntries adds the files of a tree to seen, and its folders to trees.
func addTreeEntries(tree []byte, seen map[plumbing.Hash]plumbing.ObjectType, trees []plumbing.Hash) ([]plumbing.Hash, error) {
	err := eachEntry(tree, func(h plumbing.Hash, kind linkKind) error {
		if kind == toFile {
			seen[h] = plumbing.BlobObject
		} else {
			trees = append(trees, h)
		}
		if len(seen) > maxReachable {
			return &LimitError{"objects of a commit", maxReachable}
		}
		return nil
	})
	return trees, err
}

func sortedObjects(seen map[plumbing.Hash]plumbing.ObjectType) []packObject {
	objects := make([]packObject, 0, len(seen))
	for h, typ := range seen {
		objects = append(objects, packObject{h, typ})
	}
	slices.SortFunc(objects, func(a, b packObject) int { return bytes.Compare(a.name[:], b.name[:]) })
	return objects
}

// Whole reports why the repository lacks any object that a checkout of some commits takes;
// nil if it has all. They are not read, but for trees, and those once.
func (db *DB) Whole(ctx context.Context, commits ...string) error {
	objects, err := db.reachable(ctx, commits)
	if err != nil {
		return err
	}
	for _, o := range objects {
		if ok, err := db.has(o.name); !ok || err != nil {
			return errors.Join(&ObjectError{o.name.String(), db.missing()}, err)
		}
	}
	return nil
}
