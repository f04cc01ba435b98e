package usage

import (
	"context"

	"cargohome/crate"
	"cargohome/internal/home"
)

// addReplaced adds what packages need in whose place others are read. It is kept as far
// as it is there, and nothing follows from what is not: no build asks for it.
func (n *Needs) addReplaced(ctx context.Context, h *home.Home, lock int, packages []crate.ID) error {
	seen := map[crate.SourceID]bool{}
	for _, id := range packages {
		if id.Source.IsRegistry() {
			n.addPackage(lock, id)
		}
		if seen[id.Source] {
			continue
		}
		seen[id.Source] = true
		if err := n.addReplacedSource(ctx, h, lock, id.Source); err != nil {
			return err
		}
	}
	return nil
}

func (n *Needs) addReplacedSource(ctx context.Context, h *home.Home, lock int, src crate.SourceID) error {
	if src.Kind() != crate.Git {
		return n.addSource(ctx, h, lock, src)
	}
	need, err := h.Git().Needs(ctx, src)
	if err != nil {
		return err
	}
	for _, name := range need.Databases {
		n.databases.add(name, lock)
	}
	for _, name := range need.Checkouts {
		n.checkouts.add(name, lock)
	}
	for name, commits := range need.Commits {
		n.commits[name] = append(n.commits[name], commits...)
	}
	return nil
}
