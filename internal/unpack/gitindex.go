package unpack

import (
	"maps"
	"path/filepath"
	"slices"

	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/staging"
)

// entriesName is where files of the index are staged that are made of a repository.
const entriesName = "entries"

// move is a file that takes the place of one in the home.
type move struct {
	dir  *staging.Dir
	name string // in it
	to   string
}

// found takes note of an entry from an index in git, which the home may have to learn of.
func (w *writing) found(folder string, e index.Entry) {
	u := w.unit(bundle.IndexRepository, folder)
	if u == nil || u.Action != Merged {
		return
	}
	if w.git[folder] == nil {
		w.git[folder] = map[string][]index.Entry{}
	}
	w.git[folder][e.Name] = append(w.git[folder][e.Name], e)
}

// unit returns that of a folder, nil if the bundle has none.
func (w *writing) unit(kind bundle.Kind, folder string) *Unit {
	i := slices.IndexFunc(w.Units, func(u Unit) bool { return u.Kind == kind && u.folder() == folder })
	if i < 0 {
		return nil
	}
	return &w.Units[i]
}

// mergeGit stages the files of indexes in git that have to have more entries than the
// repository.
func (w *writing) mergeGit() error {
	for _, folder := range slices.Sorted(maps.Keys(w.git)) {
		u, before := w.unit(bundle.IndexRepository, folder), len(w.moves)
		if err := w.mergeEach(folder); err != nil {
			return w.refuse(u, u.Path, err)
		}
		if len(w.moves) == before {
			u.Action = Kept
		}
	}
	return nil
}

func (w *writing) mergeEach(folder string) error {
	x := w.index(folder)
	defer x.Close()
	for _, name := range slices.Sorted(maps.Keys(w.git[folder])) {
		data, err := x.Merged(name, w.git[folder][name])
		if err == nil && data != nil {
			err = w.stageEntry(folder, name, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) stageEntry(folder, name string, data []byte) error {
	at, err := index.Path(name)
	if err != nil {
		return err
	}
	to := w.path(cachePath(folder, at))
	dir, err := w.stage.dir.For(to)
	if err != nil {
		return err
	}
	where := entriesName + "/" + folder + "-" + name
	out, err := dir.Writer(where)
	if err != nil {
		return err
	}
	if err := writeOnly(out, filepath.Base(to), data); err != nil {
		return err
	}
	w.moves = append(w.moves, move{dir, where + "/" + filepath.Base(to), to})
	return nil
}
