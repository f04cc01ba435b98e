package unpack

import (
	"context"
	"errors"

	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// candidate is an entry that a run may have staged which was cut off.
type candidate struct {
	area  *area
	unit  *Unit
	entry *bundle.Entry
}

// lookLeft finds out what of the bundle a run has staged that was cut off. Each file is read,
// by all processors, and believed if it is what the manifest says: that takes less than to
// write it again.
func (w *writing) lookLeft(ctx context.Context) error {
	if !w.stage.dir.Resumes() {
		return nil
	}
	list, err := w.candidates()
	if err != nil {
		return err
	}
	buffer := func() []byte { return make([]byte, bufferSize) }
	whole := make([]bool, len(list))
	errs := par.Do(ctx, w.opts.Jobs, len(list), buffer, func(buf []byte, i int) error {
		whole[i] = w.isWhole(&list[i], buf)
		return nil
	})
	w.left = map[*bundle.Entry]bool{}
	bytes := int64(0)
	for i, c := range list {
		if whole[i] {
			w.left[c.entry] = true
			bytes += c.entry.Size
		}
	}
	if w.opts.Resuming != nil {
		w.opts.Resuming(bytes)
	}
	return errors.Join(errs...)
}

// candidates are the files that are taken from the bundle as they are.
func (w *writing) candidates() (list []candidate, err error) {
	for i := range w.Units {
		u := &w.Units[i]
		if u.Action == Kept || u.Action == Rebuilt || u.Kind == bundle.IndexEntry || u.Kind == bundle.LockfileEntry {
			continue
		}
		a, err := w.stage.areaOf(w.path(u.Path), u.above)
		if err != nil {
			return nil, err
		}
		for j := range u.entries {
			if e := &u.entries[j]; e.IsFile() {
				list = append(list, candidate{a, u, e})
			}
		}
	}
	return list, nil
}

// leftOf is the file that was staged for an entry by a run which was cut off. It is no more
// than what has the name of that unless w.left has the entry.
func (w *writing) leftOf(a *area, u *Unit, e *bundle.Entry) (staging.Left, bool) {
	return a.dir.Left(homeName + "/" + a.name(u.folderInStage(), w.path(e.Path)))
}

// isWhole reports whether what was left is what would be written now.
func (w *writing) isWhole(c *candidate, buf []byte) bool {
	left, found := w.leftOf(c.area, c.unit, c.entry)
	if !found || left.Mode.Perm() != mode(c.entry)&^fsx.Umask() || isVendored(c.entry) && !left.Modified.Equal(modified) {
		return false
	}
	file, err := left.Open()
	if err != nil {
		return false
	}
	defer file.Close()
	sum, err := hashOf(file, c.entry.Size, buf)
	return err == nil && sum == c.entry.Sum
}
