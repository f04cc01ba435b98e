package gitsrc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxThinObjects bounds what one database may need; the largest repositories have
// half a million files.
const maxThinObjects = 4 << 20

// ErrShort is matched by the error for a database whose checkouts Cargo would look
// for under other names if it had fewer objects.
var ErrShort = errors.New("with fewer objects its checkouts would have other names")

// thinConfig is what Cargo's libgit2 gives to a bare repository.
const thinConfig = "[core]\n\tbare = true\n\trepositoryformatversion = 0\n"

// WriteThin writes to tree, which is empty and which it finishes, a repository with nothing but these
// commits, their trees and their files, of the repository in a folder of git/db. Cargo
// builds from it offline whatever kind of reference the lockfile has, and makes it a
// full one when it fetches: so it has no references, of which the history would be
// broken, and no list of shallow commits, of which not all servers will hear (seen with
// cargo 1.95).
//
//	HEAD, config, FETCH_HEAD     the last for [Remotes]
//	refs/                        empty, and not to be left out
//	objects/pack/pack-HASH       one pack with its index
func (f *Folder) WriteThin(ctx context.Context, name string, commits []string, tree *staging.Tree) error {
	db, err := f.openDB(f.dbDir(name))
	if err == nil {
		var objects []thinObject
		if objects, err = db.reachable(ctx, commits); err == nil {
			err = db.writeThin(ctx, tree, objects, commits)
		}
	}
	if err = errors.Join(err, tree.Finish()); err != nil {
		return err
	}
	return f.checkThin(db, tree.Path(), commits)
}

func (db *DB) writeThin(ctx context.Context, to *staging.Tree, objects []thinObject, commits []string) error {
	for _, sub := range []string{"refs/heads", "refs/tags", "objects/info"} {
		if err := to.Mkdir(sub, 0o777); err != nil {
			return err
		}
	}
	var fetched strings.Builder
	for _, url := range Remotes(db.dir) {
		fmt.Fprintf(&fetched, "%s\tnot-for-merge\t%s\n", commits[0], url)
	}
	for name, text := range map[string]string{"HEAD": "ref: refs/heads/master\n", "config": thinConfig, "FETCH_HEAD": fetched.String()} {
		if err := to.WriteFile(name, 0o666, []byte(text)); err != nil {
			return err
		}
	}
	return db.store.writePack(ctx, to, objects)
}

// checkThin reads what was written.
func (f *Folder) checkThin(old *DB, dir string, commits []string) error {
	thin, err := OpenDB(dir, f.home)
	if err != nil {
		return err
	}
	defer thin.Close()
	for _, commit := range commits {
		if _, err := thin.Commit(commit); err != nil {
			return err
		}
		before, err := old.Short(commit)
		if err != nil {
			return err
		}
		if after, err := thin.Short(commit); after != before || err != nil {
			return errors.Join(ErrShort, err)
		}
	}
	return nil
}

// thinObject is one that is to be written.
type thinObject struct {
	name plumbing.Hash
	typ  plumbing.ObjectType
}

// reachable returns commits with their trees and files, each once, in order of names.
// Parents are not among them, nor are the commits of submodules.
func (db *DB) reachable(ctx context.Context, commits []string) ([]thinObject, error) {
	seen := map[plumbing.Hash]plumbing.ObjectType{}
	var trees []plumbing.Hash
	for _, id := range commits {
		c, err := db.Commit(id)
		if err != nil {
			return nil, err
		}
		seen[c.hash] = plumbing.CommitObject
		trees = append(trees, c.tree)
	}
	for len(trees) > 0 {
		h := trees[len(trees)-1]
		trees = trees[:len(trees)-1]
		if _, ok := seen[h]; ok {
			continue
		}
		seen[h] = plumbing.TreeObject
		data, err := db.store.read(ctx, h, plumbing.TreeObject, maxTreeSize)
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
	for len(tree) > 0 {
		head, rest, ok := bytes.Cut(tree, []byte{0})
		if !ok || len(rest) < plumbingHashSize {
			return nil, fmt.Errorf("%w: a tree ends within an entry", ErrDamaged)
		}
		h := plumbing.Hash(rest[:plumbingHashSize])
		tree = rest[plumbingHashSize:]
		mode, _, _ := strings.Cut(strings.TrimLeft(string(head), "0"), " ")
		switch {
		case mode == modeDir:
			trees = append(trees, h)
		case mode != modeGitlink:
			seen[h] = plumbing.BlobObject
		}
		if len(seen) > maxThinObjects {
			return nil, &LimitError{"objects of a commit", maxThinObjects}
		}
	}
	return trees, nil
}

const modeGitlink = "160000"

func sortedObjects(seen map[plumbing.Hash]plumbing.ObjectType) []thinObject {
	objects := make([]thinObject, 0, len(seen))
	for h, typ := range seen {
		objects = append(objects, thinObject{h, typ})
	}
	slices.SortFunc(objects, func(a, b thinObject) int { return bytes.Compare(a.name[:], b.name[:]) })
	return objects
}
