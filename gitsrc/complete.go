package gitsrc

import "cmp"

// complete returns which object of the work tree is not at hand, if any.
func (w *WorkTree) complete() error {
	for _, l := range w.layers {
		if err := l.complete(); err != nil {
			return err
		}
	}
	return nil
}

func (l *layer) complete() error {
	for _, it := range l.items {
		if it.typ() == typeGitlink {
			continue
		}
		if ok, err := l.db.store.has(it.hash); !ok || err != nil {
			return &ObjectError{it.hash.String(), cmp.Or(err, l.db.store.missing())}
		}
	}
	return nil
}
