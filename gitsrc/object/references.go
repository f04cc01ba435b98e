package object

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// Reference is a name of an object.
type Reference struct {
	Name string // such as refs/tags/v1
	ID   string // 40 hexadecimal digits
}

// References returns the references below refs/ that lead to objects which are there, in order
// of their names. What is no reference is passed over.
func (db *DB) References(ctx context.Context) (list []Reference, err error) {
	found, err := db.packedReferences()
	if err != nil {
		return nil, err
	}
	if db.HasRefs() {
		c := cloner{db: db, ctx: ctx}
		err := c.refs("refs", 0, func(name string) error {
			delete(found, name) // a loose one counts
			if h, err := resolve(db.git, name); err == nil && isRef(plumbing.ReferenceName(name)) {
				found[name] = h
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for name, h := range found {
		ok, err := db.has(h)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, Reference{name, h.String()})
		}
	}
	slices.SortFunc(list, func(a, b Reference) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (db *DB) packedReferences() (map[string]plumbing.Hash, error) {
	found := map[string]plumbing.Hash{}
	data, err := fsx.ReadRegularIn(db.git, "packed-refs", maxPackedRefs)
	if errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	for line := range strings.Lines(string(data)) {
		id, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && plumbing.IsHash(id) && isRef(plumbing.ReferenceName(name)) {
			found[name] = plumbing.NewHash(id)
		}
		if len(found) > maxCloned {
			return nil, &LimitError{"references", maxCloned}
		}
	}
	return found, err
}

// Has reports whether there is an object of a full id, without reading it.
func (db *DB) Has(id string) bool {
	ok, err := db.has(plumbing.NewHash(id))
	return ok && err == nil && plumbing.IsHash(id)
}
