package packagelist

import (
	"cmp"
	"fmt"

	"cargohome/internal/compat"
)

// ListFolder returns what Cargo copies, by a rule, of a package whose folder is in no
// repository, tree being that folder: what a walk finds, hidden files only if a
// pattern of include matches them.
func ListFolder(rule compat.Rule, tree Lister, include, exclude []string) (*Listing, error) {
	l := newLister(rule, tree)
	if err := l.listFolder(include, exclude); err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	return l.listing(), nil
}

func (l *lister) listFolder(include, exclude []string) error {
	home, err := l.tree.locate("")
	if err != nil {
		return err
	}
	if err := l.setFilter(include, exclude, false); err != nil {
		return err
	}
	err = l.walk(home.root, true)
	return cmp.Or(l.filter.err, err)
}
