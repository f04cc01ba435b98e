package home

import (
	"errors"
	"fmt"
	"io/fs"

	"cargohome/crate"
	"cargohome/index"
)

// NoIndexError says that no index of a source is at hand at all. It matches
// [index.ErrNoIndex] and fs.ErrNotExist.
type NoIndexError struct {
	Source crate.SourceID // of the registry
}

func (e *NoIndexError) Error() string {
	return fmt.Sprintf("no index of %s", e.Source.Display())
}

func (e *NoIndexError) Unwrap() error { return index.ErrNoIndex }

// Lookup returns the index entry of a package of a registry, from the first of
// the registry's indexes that lists it. The error is a [*NoIndexError] if there
// is no index to ask, else an [*index.LookupError]: that of an index which could
// not be read, if any, or else that of the index which came nearest to an answer.
func (h *Home) Lookup(id crate.ID) (index.Entry, error) {
	if _, err := archiveName(id); err != nil {
		return index.Entry{}, err
	}
	r := h.registry(registrySource(id))
	e, err := lookup(r.indexes(), id, &NoIndexError{id.Source})
	if err != nil && len(r.computed) > 0 {
		return lookup(r.otherIndexes(), id, err)
	}
	return e, err
}

// lookup asks indexes in order. Its error is the one that says most, of those and
// the one before.
func lookup(indexes []*index.Index, id crate.ID, before error) (index.Entry, error) {
	for _, x := range indexes {
		e, err := x.Lookup(id.Name, id.Version)
		if err == nil {
			return e, nil
		}
		if rank(err) > rank(before) {
			before = err
		}
	}
	return index.Entry{}, before
}

// rank orders errors of looking up by how much they say.
func rank(err error) int {
	switch {
	case errors.Is(err, index.ErrNoIndex):
		return 0
	case errors.Is(err, index.ErrNoCrate):
		return 1
	case errors.Is(err, fs.ErrNotExist):
		return 2
	}
	return 3
}
