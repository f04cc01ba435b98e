package gitsrc

import "context"

// complete returns which file of the work tree could not be written, as an object is not
// at hand or not what it should be, if any. All are read, as [CheckoutPlan.Restore]
// would, but for those that were read before.
func (w *WorkTree) complete(ctx context.Context) error {
	whys, size := w.prove(ctx)
	err := first(whys)
	if err == nil && size > maxWritten {
		err = &LimitError{"bytes in a work tree", maxWritten}
	}
	return err
}

// prove returns for each repository of the work tree why its files could not be
// written, nil if they could, and how many bytes they have.
func (w *WorkTree) prove(ctx context.Context) (whys []error, size int64) {
	whys = make([]error, len(w.layers))
	for i, n := range w.nodes {
		if n.layer < 0 || n.item < 0 || w.entries[i].Kind == Symlink || whys[n.layer] != nil {
			continue // links were read when the work tree was put together
		}
		bytes, err := w.proveFile(ctx, i)
		whys[n.layer] = err
		size += bytes
	}
	return whys, size
}

func (w *WorkTree) proveFile(ctx context.Context, i int) (size int64, err error) {
	n := w.nodes[i]
	l := w.layers[n.layer]
	key := provenKey{l.items[n.item].hash, n.conv}
	if size, ok := l.db.store.proven.size(key); ok {
		return size, nil
	}
	err = w.use(ctx, i, MaxBlob, func(data []byte) error {
		size = int64(len(data))
		return nil
	})
	if err == nil {
		l.db.store.proven.add(key, size)
	}
	return size, err
}

// letGo gives back what a work tree counted for that is not kept.
func (w *WorkTree) letGo() {
	for _, l := range w.layers {
		steps := int64(0)
		for _, it := range l.items {
			steps += workPerEntry + workPerPathByte*int64(len(it.path))
		}
		w.budget.left.Add(steps)
	}
}
