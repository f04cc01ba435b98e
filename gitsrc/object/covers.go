package object

import (
	"context"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// HasAllOf reports whether a repository has every object of another, what that borrows
// included. Only its own count: what it borrows may be what is compared. Names are compared,
// and no object is read.
func (db *DB) HasAllOf(ctx context.Context, other *DB) (bool, error) {
	mine := *db.dirs[0]
	mine.packs = slices.DeleteFunc(slices.Clone(mine.packs), func(p *pack) bool {
		_, err := mine.root.Stat(p.name + ".pack")
		return err != nil // an index whose pack is gone
	})
	own := &DB{dirs: []*objectDir{&mine}, budget: db.budget}
	for _, dir := range other.dirs {
		all, err := own.hasAllIn(ctx, dir)
		if !all || err != nil {
			return false, err
		}
	}
	return true, nil
}

// hasAllIn stops at the first name that the repository lacks.
func (db *DB) hasAllIn(ctx context.Context, dir *objectDir) (all bool, err error) {
	all = true
	err = dir.eachName(func(h plumbing.Hash) (err error) {
		if all {
			all, err = db.has(h)
		}
		if err == nil {
			err = ctx.Err()
		}
		return err
	})
	return all, err
}

// eachName calls do with the names of all objects in a folder.
func (d *objectDir) eachName(do func(plumbing.Hash) error) error {
	for _, p := range d.packs {
		for n := range p.count() {
			var h plumbing.Hash
			if err := p.nameAt(n, &h); err != nil {
				return err
			}
			if err := do(h); err != nil {
				return err
			}
		}
	}
	return d.eachLoose(func(folder, file string) error { return do(plumbing.NewHash(folder + file)) })
}
