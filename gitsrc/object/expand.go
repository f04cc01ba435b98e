package object

import (
	"fmt"
	"io/fs"
	"strings"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// Expand returns the full id of the one commit whose id begins with short, which has
// seven digits at least. The error matches fs.ErrNotExist if there is no such object.
func (db *DB) Expand(short string) (string, error) {
	if len(short) < minShort || !plumbing.IsHash(short+strings.Repeat("0", max(0, 40-len(short)))) {
		return "", fmt.Errorf("%q: %w", short, ErrPrecise)
	}
	found := map[string]bool{}
	for _, dir := range db.dirs {
		for _, p := range dir.packs {
			if err := p.expand(short, found); err != nil {
				return "", err
			}
		}
		entries, _ := fsx.ReadDirIn(dir.root, short[:2])
		for _, e := range entries {
			if id := short[:2] + e.Name(); strings.HasPrefix(id, short) && plumbing.IsHash(id) {
				found[id] = true
			}
		}
	}
	for id := range found {
		if _, err := db.Commit(id); len(found) == 1 {
			return id, err
		}
	}
	return "", fmt.Errorf("%s: %d objects begin with %s: %w", db.dir, len(found), short, fs.ErrNotExist)
}

// expand adds the objects of a pack whose names begin with short, two at most.
func (p *pack) expand(short string, found map[string]bool) error {
	n, _, err := p.search(plumbing.NewHash(short + strings.Repeat("0", 40-len(short))))
	for ; err == nil && n < p.count() && len(found) < 2; n++ {
		var name plumbing.Hash
		if err = p.nameAt(n, &name); err != nil || !strings.HasPrefix(name.String(), short) {
			break
		}
		found[name.String()] = true
	}
	return err
}
