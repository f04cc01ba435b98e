package registry

import (
	"context"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
)

// Wanted is what of a crate somebody wants to know.
type Wanted struct {
	Registry string // by name
	Name     string // in which capitals do not matter
	Version  string // that is shown; "" for the one that a search shows
	Skip     int    // of so many versions the size is of no interest
	Count    int    // of so many behind those it is
}

// Crate is what is held of one.
type Crate struct {
	Registry string         // by name
	Versions []Listed       // the highest first
	Shown    *Listed        // the one that was wanted
	About    manifest.About // of that; of one that cannot be read nothing
}

// Listed is a version as its index line says.
type Listed struct {
	index.Entry
	Size int64 // of the archive, in bytes; 0 if it is not known
}

// Crate tells what is held of a crate. Errors are as those of [Live.Entries].
func (l *Live) Crate(ctx context.Context, w *Wanted) (c *Crate, err error) {
	err = l.crate(ctx, w.Registry, strings.ToLower(w.Name), func(k *kept) error {
		e, err := k.lines(l)
		if err != nil {
			return err
		}
		if c, err = newCrate(w, EntriesOf(e.Text)); err != nil {
			return err
		}
		sizes := map[crate.Checksum]int64{}
		for _, v := range k.versions {
			sizes[v.Checksum] = v.Size
		}
		for i := range c.Versions {
			c.Versions[i].Size = sizes[c.Versions[i].Checksum]
		}
		c.About, err = l.abouts.get(ctx, c.Shown.Checksum, func() (*Opened, error) { return k.open(idOf(&c.Shown.Entry)) })
		return err
	})
	return c, err
}

// Crate is as [Live.Crate].
func (p *Replica) Crate(ctx context.Context, w *Wanted) (*Crate, error) {
	entries, err := p.lines(ctx, named{w.Registry, strings.ToLower(w.Name)})
	if err != nil {
		return nil, err
	}
	c, err := newCrate(w, entries)
	if err != nil {
		return nil, err
	}
	list := c.Range(w.Skip, w.Count)
	if !slices.Contains(list, c.Shown) {
		list = append(list, c.Shown)
	}
	par.Each(ctx, inFlight, len(list), func(i int) error {
		list[i].Size = p.remote.size(ctx, w.Registry, list[i].Checksum)
		return nil
	})
	c.About, err = p.about(ctx, w.Registry, &c.Shown.Entry)
	return c, err
}

// Range returns at most count versions behind the first skip.
func (c *Crate) Range(skip, count int) (list []*Listed) {
	for i := min(skip, len(c.Versions)); i < min(skip+count, len(c.Versions)); i++ {
		list = append(list, &c.Versions[i])
	}
	return list
}

func newCrate(w *Wanted, entries []index.Entry) (*Crate, error) {
	if len(entries) == 0 {
		return nil, notHeld(w.Name)
	}
	shown := w.Version
	if shown == "" {
		shown = shownOf(entries).Version
	}
	c := &Crate{Registry: w.Registry}
	for _, e := range entries {
		c.Versions = append(c.Versions, Listed{Entry: e})
	}
	slices.SortStableFunc(c.Versions, func(a, b Listed) int { return crate.CompareVersions(b.Version, a.Version) })
	for i := range c.Versions {
		if v := &c.Versions[i]; v.Version == shown && (c.Shown == nil || v.Name == w.Name) {
			c.Shown = v
		}
	}
	if c.Shown == nil {
		return nil, notHeld(w.Name + "-" + w.Version)
	}
	return c, nil
}

func idOf(e *index.Entry) crate.ID { return crate.ID{Name: e.Name, Version: e.Version} }

// compareEntries is compareShown for what an index says.
func compareEntries(a, b index.Entry) int {
	return compareShown(&Version{ID: idOf(&a), Yanked: a.Yanked}, &Version{ID: idOf(&b), Yanked: b.Yanked})
}

// shownOf is the version that is shown of some.
func shownOf(entries []index.Entry) *index.Entry {
	best := slices.MinFunc(entries, compareEntries)
	return &best
}

// Versions lists those of a crate that have an archive and an index line, as one would want them.
// Whether the one is what the other says nobody has looked. The error is one of reading.
func (l *Live) Versions(ctx context.Context, registry, name string) (versions []string, err error) {
	name = strings.ToLower(name)
	err = l.find(ctx, registry, name, func(ctx context.Context, k *kept, s *shelf) (renew bool, err error) {
		list, renew, err := k.survey(ctx, s, name)
		versions = nil
		for _, v := range list {
			versions = append(versions, v.ID.Version)
		}
		return renew, err
	})
	return versions, ifThere(err)
}

// Versions is as [Live.Versions].
func (p *Replica) Versions(ctx context.Context, registry, name string) (versions []string, err error) {
	entries, err := p.lines(ctx, named{registry, strings.ToLower(name)})
	slices.SortFunc(entries, compareEntries)
	for _, e := range entries {
		versions = append(versions, e.Version)
	}
	return versions, ifThere(err)
}
