package unpack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
)

// takeEntry takes in what the index has of a crate, and merges it with what the home
// knows.
func (w *writing) takeEntry(ctx context.Context, u *Unit, e *bundle.Entry) error {
	data, err := io.ReadAll(w.in)
	if err != nil {
		return err
	}
	entries, err := index.ParseCache(data)
	if err == nil {
		err = index.CheckPath(entries, strings.TrimPrefix(u.Path, cachePath(u.folder(), "")))
	}
	if err == nil {
		err = checkEntries(entries)
	}
	if err != nil {
		return w.refuse(u, e.Path, err)
	}
	if err := w.vouch(u.folder(), entries); err != nil {
		return err
	}
	merged, err := w.merge(u.folder(), entries)
	switch {
	case err != nil:
		return w.refuse(u, e.Path, err)
	case merged == nil:
		u.Action = Kept
		return nil
	case w.stage == nil:
		return w.denied
	}
	return w.put(ctx, u, e, piece{}, bytes.NewReader(merged))
}

// checkEntries refuses entries that cargo would pass over.
func checkEntries(entries []index.Entry) error {
	for i := range entries {
		if err := entries[i].Check(); err != nil {
			return fmt.Errorf("%s: %w", entries[i].Version, err)
		}
	}
	return nil
}

func cachePath(folder, at string) string { return home.IndexPath + "/" + folder + "/.cache/" + at }

// merge returns what the home's file of a crate is to be, nil if it may stay as it is.
func (w *writing) merge(folder string, entries []index.Entry) ([]byte, error) {
	if w.inGit(folder) {
		return nil, errors.New("the home has this index in git, with which it does not go together")
	}
	return w.index(folder).Merged(entries[0].Name, entries)
}

// index is the home's index in a folder, in the form that it has there.
func (w *writing) index(folder string) *index.Index {
	x := w.indexes[folder]
	if x == nil {
		dir := w.path(home.IndexPath + "/" + folder)
		if x = index.Sparse(dir); w.inGit(folder) {
			x = index.Git(dir)
		}
		w.indexes[folder] = x
	}
	return x
}

// inGit reports whether the home has an index in git, by when it was first asked.
func (w *writing) inGit(folder string) bool {
	is, asked := w.git[folder]
	if !asked {
		_, err := os.Lstat(w.path(home.IndexPath + "/" + folder + "/.git"))
		is = err == nil
		w.git[folder] = is
	}
	return is
}
