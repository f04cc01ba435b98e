package home

import (
	"errors"
	"io/fs"
	"slices"

	"cargohome/crate"
	"cargohome/index"
)

// IndexConfig returns the config.json of a registry, of the first of its indexes that has
// one. The error is a [*NoIndexError] if there is no index, else that of
// [index.Index.Config].
func (h *Home) IndexConfig(src crate.SourceID) (index.Config, error) {
	r := h.registry(registrySource(crate.ID{Source: src}))
	var failed error = &NoIndexError{src}
	for _, x := range slices.Concat(r.indexes(), r.otherIndexes()) {
		c, err := x.Config()
		if err == nil {
			return c, nil
		}
		if _, none := errors.AsType[*NoIndexError](failed); none || !errors.Is(err, fs.ErrNotExist) {
			failed = err
		}
	}
	return index.Config{}, failed
}
