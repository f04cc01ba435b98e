package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"time"

	"cargohome/crate"
	"cargohome/internal/blob"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

// Options say what is gathered.
type Options struct {
	Jobs  int   // 0 means one for each processor
	Names Names // that registries get
	// Locked are packages of lockfiles. They must have the checksum that those say, and are
	// not hidden.
	Locked []Locked
	Only   bool // nothing is held but them, and what the mirror has already
	Prune  bool // nor is that
	// AsOf hides versions that were published later, if the index says when; zero hides none.
	AsOf time.Time
	// Begin is called with how many bytes there are to read, and Read with the bytes of each
	// archive that was, by many goroutines.
	Begin, Read func(bytes int64)
}

// Locked is a package of a lockfile.
type Locked struct {
	ID       crate.ID        // of a registry
	Checksum *crate.Checksum // that it must have, nil for any
}

// Gather finds out what is held in some places, the most trusted first. It reads all
// archives. The error is that of ctx, or of a registry that can get no name.
func Gather(ctx context.Context, stores []*Store, o *Options) (*Set, error) {
	groups, err := group(stores, o)
	if err != nil {
		return nil, err
	}
	var total int64
	for _, g := range groups {
		g.candidates = g.list()
		for _, c := range g.candidates {
			total += c.size()
		}
	}
	o.Begin(total)
	set := &Set{}
	for _, g := range groups {
		if err := g.gather(ctx); err != nil {
			return nil, err
		}
		set.Registries = append(set.Registries, &g.Registry)
		set.LeftOut = append(set.LeftOut, g.leftOut...)
		set.Hidden += g.hidden
	}
	return set, nil
}

// gathering is what is done for one registry.
type gathering struct {
	Registry
	o      *Options
	stores []*Store
	locked map[key]*crate.Checksum
	live   *Live // that it is done for, and what is known of the crate; nil for [Gather]
	kept   *kept

	candidates []candidate
	leftOut    []LeftOut
	hidden     int
}

// key is a package within a registry.
type key struct{ name, version string }

// group puts the stores of each registry together, by its name.
func group(stores []*Store, o *Options) ([]*gathering, error) {
	gs := groups{o: o}
	for _, s := range stores {
		g, err := gs.of(s)
		if err != nil {
			return nil, err
		}
		g.stores = append(g.stores, s)
	}
	for _, l := range o.Locked {
		g := gs.find(l.ID.Source)
		if g == nil && o.Only { // nothing of it is there
			var err error
			if g, err = gs.of(&Store{Source: l.ID.Source, Dir: l.ID.Source.Display()}); err != nil {
				return nil, err
			}
		}
		if g != nil {
			g.locked[key{l.ID.Name, l.ID.Version}] = l.Checksum
		}
	}
	slices.SortFunc(gs.list, func(a, b *gathering) int { return strings.Compare(a.Name, b.Name) })
	return gs.list, nil
}

// groups are the registries that there are so far.
type groups struct {
	o    *Options
	list []*gathering
}

func (gs *groups) find(src crate.SourceID) *gathering {
	for _, g := range gs.list {
		if sameSource(g.Source, src) {
			return g
		}
	}
	return nil
}

// of returns the one that a store is of.
func (gs *groups) of(s *Store) (*gathering, error) {
	if g := gs.find(s.Source); g != nil {
		return g, nil
	}
	named := func(name string) int {
		return slices.IndexFunc(gs.list, func(g *gathering) bool { return g.Name == name })
	}
	name := gs.o.Names.of(s, func(name string) bool {
		i := named(name)
		return i >= 0 && (s.Source != crate.SourceID{} || gs.list[i].Source != crate.SourceID{})
	})
	switch i := named(name); {
	case name == "":
		return nil, fmt.Errorf("%s: there is no name that its registry could have", s.Dir)
	case i >= 0:
		return gs.list[i], nil // neither tells what it is, and both are called so
	}
	g := &gathering{Registry: Registry{Name: name, Source: s.Source}, o: gs.o, locked: map[key]*crate.Checksum{}}
	gs.list = append(gs.list, g)
	return g, nil
}

// candidate is a version that may be held.
type candidate struct {
	key
	copies []held // the most trusted first
}

func (c *candidate) id() crate.ID { return crate.ID{Name: c.name, Version: c.version} }

// held is an archive in a store.
type held struct {
	store *Store
	home.Archive
	file  File
	err   error // of looking at it
	seen  stamp // of the file, if it is kept
	young bool  // see watched
}

// gather fills in what is held, and what is not.
func (g *gathering) gather(ctx context.Context) error {
	found := make([]choice, len(g.candidates))
	crates := g.crates()
	par.Each(ctx, g.o.Jobs, len(crates)-1, func(n int) error {
		look := lookups{}
		for i := crates[n]; i < crates[n+1]; i++ {
			found[i] = g.choose(ctx, look, &g.candidates[i])
		}
		return nil
	})
	g.candidates = nil
	if err := ctx.Err(); err != nil {
		return err
	}
	g.Versions = make([]Version, 0, len(found))
	for _, c := range found {
		switch {
		case c.hidden:
			g.hidden++
		case c.version != nil:
			g.Versions = append(g.Versions, *c.version)
		}
		g.leftOut = append(g.leftOut, c.leftOut...)
	}
	for _, l := range g.leftOut {
		if isFailure(l.Err) {
			return l.Err
		}
	}
	return nil
}

// crates returns where in the candidates those of each crate begin, and where they end.
func (g *gathering) crates() (starts []int) {
	for i, c := range g.candidates {
		if i == 0 || c.name != g.candidates[i-1].name {
			starts = append(starts, i)
		}
	}
	return append(starts, len(g.candidates))
}

func (c *candidate) size() int64 {
	if len(c.copies) == 0 {
		return 0
	}
	return c.copies[0].Size
}

// list returns all that lies in the stores, as far as it is wanted, and what is wanted
// and lies nowhere.
func (g *gathering) list() []candidate {
	all, place := []candidate{}, map[key]int{}
	add := func(k key) *candidate {
		i, ok := place[k]
		if !ok {
			i, place[k] = len(all), len(all)
			all = append(all, candidate{key: k})
		}
		return &all[i]
	}
	for _, s := range g.stores {
		for c, err := range s.held() {
			switch k := (key{c.ID.Name, c.ID.Version}); {
			case errors.Is(err, home.ErrNotArchive) || errors.Is(err, fs.ErrNotExist):
			case c.ID.Name == "":
				g.leftOut = append(g.leftOut, LeftOut{Registry: g.Name, Path: c.Path, Err: err})
			case g.wants(s, k):
				found := add(k)
				found.copies = append(found.copies, held{store: s, Archive: c.Archive, err: err})
			}
		}
	}
	if g.o.Only {
		for k := range g.locked {
			add(k)
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return a.compare(b.key) })
	return all
}

// compare orders packages by their entry files, and in each as Cargo orders ids.
func (k key) compare(o key) int {
	return cmp.Or(strings.Compare(strings.ToLower(k.name), strings.ToLower(o.name)), strings.Compare(k.name, o.name),
		crate.CompareVersions(k.version, o.version))
}

func (g *gathering) wants(s *Store, k key) bool {
	_, locked := g.locked[k]
	return locked || !g.o.Only || s.own && !g.o.Prune
}

// isFailure reports whether an error is one of reading, and says nothing of what is there:
// what cannot be read now may not be left out.
func isFailure(err error) bool {
	if _, ok := errors.AsType[*blob.Error](err); ok {
		return !errors.Is(err, fs.ErrNotExist)
	}
	errno, ok := errors.AsType[syscall.Errno](err)
	return ok && !slices.Contains([]syscall.Errno{syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP}, errno)
}
