package registry

import (
	"context"
	"slices"
)

// listed is a version that has an archive and an index line.
type listed struct {
	Version
	of *candidate // that it is; nil if its archive is known to be what the line says
}

// glance finds out which version of a crate is shown, and how many there may be. If that is not
// known archives are read until one is right: of a crate with thousands of versions no more than
// that, as a rule.
func (k *kept) glance(ctx context.Context, s *shelf, name string) (v *Version, archives int, renew bool, err error) {
	list, renew, err := k.survey(ctx, s, name)
	if err != nil {
		return nil, 0, renew, err
	}
	g, look := s.gatheringFor(k), lookups{}
	for i := range list {
		if list[i].of == nil {
			return &list[i].Version, len(list), false, nil
		}
		if c := g.choose(ctx, look, list[i].of); c.version != nil && !c.hidden {
			return c.version, len(list), false, nil
		}
	}
	return nil, 0, false, notHeld(name)
}

// survey lists the versions of a crate, as one would want them, and reads no archive for that.
func (k *kept) survey(ctx context.Context, s *shelf, name string) (list []listed, renew bool, err error) {
	switch {
	case k.isStale(s):
		return nil, true, ErrChanged
	case k.isKnown(s):
		for _, v := range k.versions {
			list = append(list, listed{Version: v})
		}
	default:
		k.shelf = nil
		if list, err = k.listed(ctx, s, name); err != nil {
			return nil, false, err
		}
	}
	slices.SortFunc(list, func(a, b listed) int { return compareShown(&a.Version, &b.Version) })
	return list, false, nil
}

// listed looks which versions have an archive and an index line.
func (k *kept) listed(ctx context.Context, s *shelf, name string) (list []listed, err error) {
	if err := k.watchIndex(s, name); err != nil {
		return nil, err
	}
	candidates, err := k.candidates(ctx, s, name)
	if err != nil {
		return nil, err
	}
	g, look := s.gatheringFor(k), lookups{}
	for i := range candidates {
		c := &candidates[i]
		for _, at := range c.copies {
			if e, err := look.entry(at.store, c.id()); err == nil && !g.isHidden(c.key, &e) {
				list = append(list, listed{Version{ID: c.id(), Yanked: e.Yanked}, c})
				break
			}
		}
	}
	return list, nil
}
