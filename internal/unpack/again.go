package unpack

import (
	"context"
	"slices"

	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
)

// lookAgain is for a home that was not there when the plan was made, and had no lock: what
// has appeared meanwhile becomes what it would have been if it had been there. What is the
// same stays.
func (w *writing) lookAgain(ctx context.Context) error {
	w.forget()
	w.lookAbove()
	buf := make([]byte, bufferSize)
	for _, a := range w.stage.all() {
		for _, u := range a.units {
			action, err := w.look(ctx, u, buf)
			if err != nil {
				return err
			}
			if u.Action = action; action == Merged && u.Kind == bundle.IndexEntry {
				if err := w.mergeAgain(a, u); err != nil {
					return w.refuse(u, u.Path, err)
				}
			}
		}
		a.units = slices.DeleteFunc(a.units, func(u *Unit) bool {
			return u.Action == Kept || u.Action == Merged && u.Kind == bundle.IndexEntry // which w.moves has
		})
	}
	return nil
}

// mergeAgain merges an index entry that was staged with what the home knows by now.
func (w *writing) mergeAgain(a *area, u *Unit) error {
	data, err := fsx.ReadRegular(a.staged(w.path(u.Path), u), index.MaxFileSize)
	if err != nil {
		return err
	}
	entries, err := index.ParseCache(data)
	if err != nil {
		return err
	}
	merged, err := w.merge(u.folder(), entries)
	switch {
	case err != nil:
		return err
	case merged == nil:
		u.Action = Kept
		return nil
	}
	return w.stageEntry(u.folder(), entries[0].Name, merged)
}
