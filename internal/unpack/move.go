package unpack

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"cargohome/gitsrc"
	"cargohome/internal/bundle"
)

// moveAll moves what was staged into place. All of it is synced before, so that nothing in
// the home is half there after a power failure, and once more, so that it is there.
func (w *writing) moveAll(ctx context.Context) error {
	if err := w.stage.dir.Sync(); err != nil {
		return err
	}
	err := w.moveEach(ctx)
	if err == nil {
		err = w.stage.dir.Sync()
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return &PartialError{err}
	}
	return errors.Join(err, w.stage.dir.Undo())
}

// moveEach moves the vendor folder last, as it is made of the rest.
func (w *writing) moveEach(ctx context.Context) error {
	for _, a := range w.stage.all() {
		if err := w.moveArea(ctx, a); err != nil {
			return err
		}
	}
	for _, m := range w.moves {
		if err := errors.Join(ctx.Err(), m.dir.Replace(m.name, m.to)); err != nil {
			return err
		}
	}
	for _, a := range w.stage.all() {
		if err := w.moveVendored(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) moveArea(ctx context.Context, a *area) error {
	var put []*Unit
	for _, u := range a.units {
		switch {
		case u.Kind == bundle.VendoredEntry:
		case u.Kind == bundle.IndexRepository && (u.Action == Merged || u.Action == Kept):
			// w.moves has what comes of it
		case u.Kind == bundle.RepositoryEntry && u.Action == Merged:
			if err := w.addPacks(ctx, a, u); err != nil {
				return err
			}
		default:
			put = append(put, u)
		}
	}
	return w.movePut(ctx, a, put)
}

func (w *writing) moveVendored(ctx context.Context, a *area) error {
	if err := w.compare(ctx, a, w.home.Dir()); err != nil {
		return err
	}
	return w.movePut(ctx, a, a.vendored())
}

// movePut moves units of an area to where they belong.
func (w *writing) movePut(ctx context.Context, a *area, list []*Unit) error {
	base, err := filepath.Rel(w.home.Dir(), a.dir.Root())
	if err != nil {
		return err
	}
	return w.moveBelow(ctx, a, strings.TrimPrefix(filepath.ToSlash(base), "."), list)
}

// moveBelow moves units that lie in a folder of the home which is there.
func (w *writing) moveBelow(ctx context.Context, a *area, folder string, list []*Unit) error {
	for len(list) > 0 {
		rest := strings.TrimPrefix(strings.TrimPrefix(list[0].Path, folder), "/")
		name, _, _ := strings.Cut(rest, "/")
		at := path.Join(folder, name)
		n := 1
		for n < len(list) && strings.HasPrefix(list[n].Path, at+"/") {
			n++
		}
		if err := w.moveOne(ctx, a, at, list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// moveOne moves what lies at or below a place: as one if nothing is there, or else piece by
// piece.
func (w *writing) moveOne(ctx context.Context, a *area, at string, list []*Unit) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	u, to := list[0], w.path(at)
	name := homeName + "/" + a.name(u.stagedIn, to)
	if u.Path == at && u.Action != Added {
		return a.dir.Replace(name, to)
	}
	err := a.dir.Publish(name, to)
	if errors.Is(err, fs.ErrExist) && u.Path != at {
		return w.moveBelow(ctx, a, at, list)
	}
	return err
}

// addPacks adds the packs of a repository to the one that the home has. They are called by what
// is in them: one that is there and is not enough is damaged.
func (w *writing) addPacks(ctx context.Context, a *area, u *Unit) error {
	place := w.path(u.Path)
	from := homeName + "/" + a.name(u.stagedIn, place)
	err := gitsrc.Merge(a.staged(place, u), place, func(file, to string) error { return a.dir.Publish(from+"/"+file, to) })
	if err == nil && w.hasWhole(ctx, u, place) != nil {
		err = eachLeft(a.staged(place, u), func(file string) error {
			return a.dir.Replace(from+"/"+file, filepath.Join(place, filepath.FromSlash(file)))
		})
	}
	if err != nil {
		return err
	}
	if err := w.hasWhole(ctx, u, place); err != nil {
		return w.refuse(u, u.Path, errors.Join(errors.New("the home's repository is damaged, and keeps it from being of use; remove it"), err))
	}
	return nil
}

// eachLeft calls f for the packs that lie in a repository still, and then for their indexes.
func eachLeft(dir string, f func(file string) error) error {
	for _, pattern := range []string{"objects/pack/*.pack", "objects/pack/*.idx"} {
		files, err := fs.Glob(os.DirFS(dir), pattern)
		for _, file := range files {
			err = errors.Join(err, f(file))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
