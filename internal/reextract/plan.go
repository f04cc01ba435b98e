package reextract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/par"
)

// State is how a source stands.
type State string

// How it does.
const (
	Present State = "present" // Cargo will use it as it is
	Absent  State = "absent"  // nothing is there
	Broken  State = "broken"  // something is there that Cargo would not use as it is
	Unknown State = "unknown" // it cannot be looked at, and is left alone
)

// Item is one archive, and the folder it is unpacked to.
type Item struct {
	locate.Placed // without sources if found by its archive alone

	Archive home.Archive // what is unpacked
	Dir     string       // absolute
	State   State        // of Dir
	Why     string       // what is wrong with a Broken one, or why nothing is known

	Locked *crate.Checksum // the lockfile's; nil if it has none, or there is none
}

// Plan says what rebuilding registry/src takes. It is made by [Everything], [Anew] or [Locked],
// which only read, and carried out by [Plan.Unpack].
type Plan struct {
	Items   []*Item     // in order of Dir
	Missing locate.Gaps // locked packages of which the home has no archive, in Cargo's order
	Strange []error     // what is no archive that could be unpacked, and sources that cannot be looked at

	home    *home.Home
	sources *locate.Sources // nil in a plan for everything
	force   bool
}

// Everything plans for all archives in the cache, or those that a spec names. The error is
// that of ctx.
func Everything(ctx context.Context, h *home.Home, specs []crate.Spec, force bool) (*Plan, error) {
	p := &Plan{home: h, force: force}
	for _, name := range h.Registries() {
		for c, err := range h.Cached(name) {
			switch {
			case errors.Is(err, home.ErrNotArchive) && len(specs) > 0:
			case err != nil:
				p.Strange = append(p.Strange, fmt.Errorf("%q: %w", c.Path, fsx.WithoutPath(err)))
			case named(specs, c.ID):
				p.addCached(c)
			}
		}
	}
	return p.looked(ctx)
}

// Anew plans for some archives, whatever there is of their sources. The error is that of ctx.
func Anew(ctx context.Context, h *home.Home, archives []home.Cached) (*Plan, error) {
	p := &Plan{home: h, force: true}
	for _, c := range archives {
		p.addCached(c)
	}
	return p.looked(ctx)
}

func named(specs []crate.Spec, id crate.ID) bool {
	return len(specs) == 0 || slices.ContainsFunc(specs, func(s crate.Spec) bool { return s.Matches(id) })
}

func (p *Plan) addCached(c home.Cached) {
	if c.Size == 0 {
		p.Strange = append(p.Strange, fmt.Errorf("%q: %w", c.Path, locate.ErrEmpty))
		return
	}
	p.Items = append(p.Items, &Item{Placed: locate.Placed{ID: c.ID}, Archive: c.Archive, Dir: p.home.SourceDir(c.Registry, c.ID)})
}

// looked returns the plan, sorted, when it is known how each source stands.
func (p *Plan) looked(ctx context.Context) (*Plan, error) {
	slices.SortFunc(p.Items, func(a, b *Item) int { return cmp.Or(strings.Compare(a.Dir, b.Dir), a.ID.Compare(b.ID)) })
	p.Items = slices.CompactFunc(p.Items, func(a, b *Item) bool { return a.Dir == b.Dir })
	newLooker := func() *looker { return &looker{} }
	par.Do(ctx, 0, len(p.Items), newLooker, func(l *looker, i int) error {
		p.Items[i].State, p.Items[i].Why = l.look(p.Items[i].Dir)
		return nil
	})
	for _, item := range p.Items {
		if item.State == Unknown {
			p.Strange = append(p.Strange, fmt.Errorf("%q: %s", item.Dir, item.Why))
		}
	}
	return p, ctx.Err()
}

// Locked plans for what lockfiles need, or what of it a spec names. Packages that
// are not from registries are passed over, and so are those that are not unpacked at all,
// as something else than a registry stands in for theirs.
func Locked(ctx context.Context, sources *locate.Sources, packages []lockfile.Package, specs []crate.Spec, force bool) (*Plan, error) {
	p := &Plan{home: sources.Home(), sources: sources, force: force}
	for _, pkg := range packages {
		if !pkg.ID.Source.IsRegistry() || !named(specs, pkg.ID) {
			continue
		}
		from, err := sources.Of(pkg.ID.Source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pkg.ID, err)
		}
		if from.IsRegistry() {
			p.addLocked(locate.Placed{ID: pkg.ID, From: from}, pkg.Checksum)
		}
	}
	p.Missing.Sort()
	p.Missing = slices.CompactFunc(p.Missing, func(a, b locate.Gap) bool { return a.ID == b.ID })
	return p.looked(ctx)
}

// addLocked adds every copy of the archive that lies where some Cargo looks for it:
// each has a folder in registry/src of its own.
func (p *Plan) addLocked(pkg locate.Placed, sum *crate.Checksum) {
	copies, unusable := locate.Archives(p.sources.Registry(pkg.From), pkg.At())
	for _, u := range unusable {
		if u.Err != locate.ErrEmpty {
			p.Strange = append(p.Strange, fmt.Errorf("%q: %w", u.Path, fsx.WithoutPath(u.Err)))
		}
	}
	found := false
	for _, a := range copies {
		if a.Trusted {
			found = true
			p.Items = append(p.Items, &Item{Placed: pkg, Archive: a, Dir: p.home.SourceDir(sourceFolder(a, pkg.From), pkg.ID), Locked: sum})
		}
	}
	if !found {
		p.Missing = append(p.Missing, locate.Gap{Reason: locate.Missing, ID: pkg.ID, Checksum: sum})
	}
}

// Needs returns about how many bytes carrying out the plan takes.
func (p *Plan) Needs() (bytes int64) {
	for _, item := range p.ToUnpack() {
		bytes += item.Archive.Unpacked()
	}
	return bytes
}

// vouch settles which checksum the archive of an item must have.
func (p *Plan) vouch(item *Item) (locate.Vouched, error) {
	if p.sources == nil {
		return vouchIn(p.home, item.Archive.Registry, item.ID)
	}
	entry, err := p.sources.Registry(item.From).Lookup(item.At())
	return locate.Vouch(item.Locked, entry, err)
}

// vouchIn is for an archive in the folder of registry/cache that has a name: what index
// has it is told by that alone.
func vouchIn(h *home.Home, registry string, id crate.ID) (locate.Vouched, error) {
	entry, err := h.LookupIn(registry, id)
	return locate.Vouch(nil, entry, err)
}

// sourceFolder is the name in registry/src: that in registry/cache, or of a local
// registry, which is not in there, the one Cargo computes.
func sourceFolder(a home.Archive, source crate.SourceID) string {
	if a.Registry != "" {
		return a.Registry
	}
	name, _ := home.Ident(source)
	return name
}

// ToUnpack returns what is to be made, the largest archives first, so that no worker
// is left with one at the end.
func (p *Plan) ToUnpack() []*Item {
	var items []*Item
	for _, item := range p.Items {
		if item.State != Unknown && (item.State != Present || p.force) {
			items = append(items, item)
		}
	}
	slices.SortStableFunc(items, func(a, b *Item) int { return cmp.Compare(b.Archive.Size, a.Archive.Size) })
	return items
}

// Replaces reports whether anything that is there is to be replaced.
func (p *Plan) Replaces() bool {
	return slices.ContainsFunc(p.ToUnpack(), func(i *Item) bool { return i.State != Absent })
}
