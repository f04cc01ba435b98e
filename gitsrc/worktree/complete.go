package worktree

import (
	"cmp"
	"context"

	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
)

// Complete returns which file of the work tree could not be written, as an object is not
// at hand or not what it should be, if any. All are read, as [WorkTree.Write] would, but
// for those that are proven already.
func (w *WorkTree) Complete(ctx context.Context, known *Proven) error {
	whys, size := w.Prove(ctx, known)
	err := cmp.Or(whys...)
	if err == nil && size > maxWritten {
		err = &object.LimitError{What: "bytes in a work tree", Limit: maxWritten}
	}
	return err
}

// Clonable reports why Cargo could not clone one of the repositories of the work tree, nil if
// it can; see [object.DB.Clonable].
func (w *WorkTree) Clonable(ctx context.Context) error {
	seen := map[*object.DB]bool{}
	for _, l := range w.layers {
		if seen[l.DB] {
			continue
		}
		seen[l.DB] = true
		if err := l.DB.Clonable(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Prove returns for each repository of the work tree why its files could not be
// written, nil if they could, and how many bytes they have.
func (w *WorkTree) Prove(ctx context.Context, known *Proven) (whys []error, size int64) {
	whys = make([]error, len(w.layers))
	for i, n := range w.nodes {
		if n.layer < 0 || n.item < 0 || w.entries[i].Kind == filelist.Symlink || whys[n.layer] != nil {
			continue // links were read when the work tree was put together
		}
		bytes, err := w.proveFile(ctx, i, known)
		whys[n.layer] = err
		size += bytes
	}
	return whys, size
}

func (w *WorkTree) proveFile(ctx context.Context, i int, known *Proven) (size int64, err error) {
	n := w.nodes[i]
	l := w.layers[n.layer]
	key := provenKey{l.DB, l.items[n.item].hash, n.conv}
	if size, ok := known.size(key); ok {
		return size, nil
	}
	err = w.use(ctx, i, object.MaxBlob, func(data []byte) error {
		size = int64(len(data))
		return nil
	})
	if err == nil {
		known.add(key, size)
	}
	return size, err
}

// LetGo gives back what a work tree counted for that is not kept.
func (w *WorkTree) LetGo() {
	for _, l := range w.layers {
		steps := int64(0)
		for _, it := range l.items {
			steps += workPerEntry + workPerPathByte*int64(len(it.path))
		}
		w.budget.GiveBack(steps)
	}
}
