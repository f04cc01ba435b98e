package unpack

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"cargohome/crate/archive"
	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/staging"
)

// entriesName is where is staged what indexes in git are to have besides.
const entriesName = "entries"

// tipPath is the reference by which Cargo reads an index in git (spec 3.2).
const tipPath = "refs/remotes/origin/HEAD"

// move is a file that takes the place of one in the home.
type move struct {
	dir  *staging.Dir
	name string // in it
	to   string
}

// mergeGit has indexes in git that the home has already list what those of the bundle do.
// Cargo believes its cache no longer than the last commit has the crate's file as it is
// there. So there is one more commit, upon the last: when Cargo is next online it fetches
// what the registry has, and lets go of it.
func (w *writing) mergeGit() error {
	for _, a := range w.stage.all() {
		for _, u := range a.units {
			if u.Kind != bundle.IndexRepository || u.Action != Merged {
				continue
			}
			if err := w.mergeIndex(a, u); err != nil {
				return w.refuse(u, u.Path, err)
			}
		}
	}
	return nil
}

func (w *writing) mergeIndex(a *area, u *Unit) error {
	files, err := w.lackingFiles(filepath.Dir(a.staged(w.path(u.Path), u)), u.folder())
	if err != nil || len(files) == 0 {
		u.Action = Kept
		return err
	}
	git, where := w.path(u.Path), entriesName+"/"+u.folder()
	to, err := a.dir.Writer(where)
	if err != nil {
		return err
	}
	tree, err := object.OpenIndex(filepath.Dir(git))
	if err != nil {
		return err
	}
	defer tree.Close()
	paths := slices.Sorted(maps.Keys(files))
	commit, err := object.WriteSnapshot(to, tree, paths, archive.GeneratedTime, func(i int) ([]byte, error) { return files[paths[i]], nil })
	if err == nil {
		err = to.WriteFile(tipPath, 0o666, []byte(commit+"\n"))
	}
	if err = errors.Join(err, to.Finish()); err != nil {
		return err
	}
	err = gitsrc.Merge(to.Path(), git, func(file, place string) error {
		w.moves = append(w.moves, move{a.dir, where + "/" + file, place})
		return nil
	})
	w.moves = append(w.moves, move{a.dir, where + "/" + tipPath, filepath.Join(git, filepath.FromSlash(tipPath))})
	return err
}

// lackingFiles are the files of an index in git that are to list more, as they are to be, by
// their paths.
func (w *writing) lackingFiles(from, folder string) (map[string][]byte, error) {
	x, files := w.index(folder), map[string][]byte{}
	err := index.EachCrate(from, func(entries []index.Entry) error {
		data, err := x.Merged(entries[0].Name, entries)
		if err != nil || data == nil {
			return err
		}
		at, err := index.Path(entries[0].Name)
		files[at] = data
		return err
	})
	return files, err
}

// stageEntry stages the file of a crate that takes the place of the home's.
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
	if err := errors.Join(out.WriteFile(filepath.Base(to), 0o666, data), out.Finish()); err != nil {
		return err
	}
	w.moves = append(w.moves, move{dir, where + "/" + filepath.Base(to), to})
	return nil
}
