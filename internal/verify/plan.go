package verify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/par"
)

// Plan is what is to be verified. It is made by [New], which only lists, and for a vendor
// folder by [NewVendor].
type Plan struct {
	Items   []*Item // by area, then in order of their paths
	Strange []error // what is nothing that could be verified

	home   *home.Home
	locked map[string]locked // archives of packages of a lockfile, by their paths

	// Of a vendor folder:

	dest     string                // where it is, "" for a home
	unlocked bool                  // no lockfile says what there is to be in it
	rule     compat.Rule           // by which it is to be made
	others   sync.Mutex            // see [vendoring.Step.Under]
	cached   map[string][]crate.ID // of archives, by names that the folders of their packages may have; nil until asked for
}

// New lists what is in the areas of a home. Of packages, found with [locate.Find], the
// lockfile vouches for the archives; for all others the index does.
func New(h *home.Home, areas []Area, packages []locate.Package) *Plan {
	p := &Plan{home: h, locked: map[string]locked{}}
	for i := range packages {
		for _, a := range packages[i].Archives {
			if a.Trusted {
				p.locked[a.Path] = lockedAs(&packages[i])
			}
		}
	}
	list := map[Area]func(){Archives: p.listArchives, Sources: p.listSources, Checkouts: p.listCheckouts, Databases: p.listDatabases}
	for _, area := range Areas {
		if slices.Contains(areas, area) {
			list[area]()
		}
	}
	return p
}

// locked is what is said about an archive.
type locked struct {
	locate.Vouched
	err error // the lockfile and the index do not agree
}

func lockedAs(pkg *locate.Package) locked {
	l := locked{Vouched: pkg.Vouched}
	if pkg.Gap != nil && pkg.Gap.Reason == locate.Disagreeing {
		l.err = errors.New(pkg.Gap.Detail)
	}
	return l
}

// vouch settles which checksum an archive in registry/cache must have.
func (p *Plan) vouch(path, registry string, id crate.ID) (locate.Vouched, error) {
	if l, ok := p.locked[path]; ok && (l.Want != nil || l.err != nil) {
		return l.Vouched, l.err
	}
	entry, err := p.home.LookupIn(registry, id)
	return locate.Vouch(nil, entry, err)
}

// Run looks at each item, the largest first, on so many goroutines; 0 means one for each
// processor. done, which may be nil, is told of each by many goroutines. The error is
// that of ctx.
func (p *Plan) Run(ctx context.Context, jobs int, done func(*Item)) error {
	return run(ctx, jobs, p.Items, done)
}

func run(ctx context.Context, jobs int, items []*Item, done func(*Item)) error {
	order := slices.Clone(items)
	slices.SortStableFunc(order, func(a, b *Item) int { return cmp.Compare(b.Size, a.Size) })
	errs := par.Do(ctx, jobs, len(order), newWorker, func(w *worker, i int) error {
		item := order[i]
		item.State, item.Why, item.By, item.Differences, item.Nobody = "", "", "", nil, nil
		err := item.check(ctx, w, item)
		if err == nil && done != nil {
			done(item)
		}
		return err
	})
	return cmp.Or(errs...)
}

// unsound returns the items of an area that are not known to be as they should be.
func (p *Plan) unsound(area Area) (items []*Item) {
	for _, i := range p.Items {
		if i.Area == area && i.State != Sound {
			items = append(items, i)
		}
	}
	return items
}

// Size is that of all items.
func (p *Plan) Size() (size int64) {
	for _, i := range p.Items {
		size += i.Size
	}
	return size
}

// Findings returns the items with which something is wrong.
func (p *Plan) Findings() (found []*Item) {
	for _, i := range p.Items {
		if i.IsFinding() && !i.Mended {
			found = append(found, i)
		}
	}
	return found
}
