package registry

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
)

// Query is what is searched for.
type Query struct {
	Registry string // by name; "" for all
	// Text is in the names of crates, wherein capitals do not matter, nor whether it is '-' or
	// '_'. Those come first that are called so, then those that begin so.
	Text  string
	Skip  int // so many of them
	Count int // and return at most so many, in which alone it is looked
}

// Hit is a crate that was searched for.
type Hit struct {
	Registry string         // by name
	Version                 // the newest that is not yanked, nor a pre-release, if there is one; without its file
	Archives int            // that there are of the crate, whether or not they are what they should be
	About    manifest.About // of that version; of one that cannot be read nothing
}

// Search finds crates. It returns how many there are besides. The error matches fs.ErrNotExist if
// there is no such registry; any other may be of a crate that cannot be read, and is not among the
// hits, while others are.
func (l *Live) Search(ctx context.Context, q *Query) (hits []Hit, total int, err error) {
	names, err := l.names(q.Registry)
	if err != nil {
		return nil, 0, err
	}
	return search(ctx, l.o.Jobs, names, q, l.hit)
}

// named is a crate of a registry, in lower case.
type named struct{ registry, name string }

// search is [Live.Search] among names, by registry and in order; look is what looks at a crate.
func search(
	ctx context.Context, jobs int, names []named, q *Query, look func(ctx context.Context, at named) (Hit, error),
) (hits []Hit, total int, err error) {
	found := matching(names, folded(q.Text))
	total = len(found)
	found = found[min(q.Skip, total):min(q.Skip+q.Count, total)]
	hits = make([]Hit, len(found))
	errs := par.Each(ctx, jobs, len(found), func(i int) (err error) {
		hits[i], err = look(ctx, found[i].named)
		return err
	})
	held := hits[:0]
	for i, failed := range errs {
		switch {
		case errors.Is(failed, fs.ErrNotExist):
			total--
		case failed == nil:
			held = append(held, hits[i])
		case err == nil:
			err = failed
		}
	}
	return held, total, err
}

// match is a crate that was found, and how much of its name was asked for.
type match struct {
	named
	distance int
}

// matching returns those of the names in which there is a text, the best first.
func matching(names []named, text string) (found []match) {
	for _, n := range names {
		if name := folded(n.name); strings.Contains(name, text) {
			found = append(found, match{n, distance(name, text)})
		}
	}
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(a.distance-b.distance, strings.Compare(a.name, b.name), strings.Compare(a.registry, b.registry))
	})
	return found
}

func folded(text string) string { return strings.ReplaceAll(strings.ToLower(text), "_", "-") }

// distance orders names by how much of them was asked for.
func distance(name, text string) int {
	switch {
	case text == "":
		return 0
	case name == text:
		return 1
	case strings.HasPrefix(name, text):
		return 2
	}
	return 3
}

// names lists the crates that have archives, in a registry, or in all.
func (l *Live) names(registry string) (names []named, err error) {
	v := l.open()
	defer v.release()
	if registry != "" && v.shelves[registry] == nil {
		return nil, notHeld(registry)
	}
	for _, s := range v.shelves {
		if registry == "" || s.Name == registry {
			list, err := s.names()
			if err != nil {
				return nil, err
			}
			for _, name := range list {
				names = append(names, named{s.Name, name})
			}
		}
	}
	return names, nil
}

// names lists the crates on a shelf, in lower case and in order. The list is not to be changed.
func (s *shelf) names() (names []string, err error) {
	for i, at := range s.listings {
		list, err := at.crates()
		switch {
		case err != nil:
			return nil, err
		case i == 0:
			names = list
		default:
			names = slices.Concat(names, list)
		}
	}
	if len(s.listings) > 1 {
		slices.Sort(names)
		names = slices.Compact(names)
	}
	return names, nil
}

// hit looks at a crate that was found.
func (l *Live) hit(ctx context.Context, at named) (hit Hit, err error) {
	err = l.find(ctx, at.registry, at.name, func(ctx context.Context, k *kept, s *shelf) (renew bool, err error) {
		v, archives, renew, err := k.glance(ctx, s, at.name)
		if err != nil {
			return renew, err
		}
		hit = Hit{Registry: at.registry, Version: *v, Archives: archives}
		hit.About, err = l.abouts.get(ctx, v.Checksum, func() (*Opened, error) { return k.openVersion(v) })
		return false, err
	})
	return hit, err
}

// compareShown orders versions by how much one would want them, the best first.
func compareShown(a, b *Version) int {
	return cmp.Or(preference(b)-preference(a), crate.CompareVersions(b.ID.Version, a.ID.Version))
}

// preference is higher for what a new dependency would have.
func preference(v *Version) int {
	numbers, _, _ := strings.Cut(v.ID.Version, "+")
	switch {
	case v.Yanked:
		return 0
	case strings.Contains(numbers, "-"):
		return 1
	}
	return 2
}
