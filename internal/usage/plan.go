package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/lastuse"
)

// Selection says what is to be removed. Kinds, Orphans and Broken add up; all else
// narrows what they select.
type Selection struct {
	Kinds   []Kind // all items of these
	Orphans bool   // what Cargo's collector takes as such: what has lost its index or database
	Broken  bool   // half-made sources and checkouts, empty archives, leftovers of killed runs

	// Superseded selects what only Cargos before 1.85 look for, and lies under the names
	// of newer ones too: these are whose folders are whose. It is nil if that is not asked
	// for. Keep does not hinder it.
	Superseded *home.Owners

	Registries   []string      // only of these, by the name of their folders, or that without the hash
	Packages     []crate.Spec  // only of these
	Keep         *Needs        // nothing of what these need
	KeepVersions int           // not the newest N of each crate, nor the last used N checkouts; 0 for no limit
	OlderThan    time.Duration // only what was not used for so long; negative for no limit
	UntilSize    int64         // no more than makes what the home would give back this small, in bytes on the disk; negative for no limit

	// CI leaves what a cache of CI holds for Keep: no sources and no checkouts at
	// all, of all else what is needed.
	CI bool
	// Thin reduces databases to the commits that Keep needs.
	Thin bool

	Builds []string // more folders that Cargo builds in, besides build; below the home, '/'-separated

	Jobs int       // items looked at at a time; 0 means one for each processor
	Now  time.Time // from which ages count
}

func (s *Selection) has(k Kind) bool { return slices.Contains(s.Kinds, k) }

// NeedsUses reports whether it depends on times of last use which of those things go
// that cannot be rebuilt.
func (s *Selection) NeedsUses() bool {
	expensive := s.Orphans || slices.ContainsFunc(s.Kinds, func(k Kind) bool { return !k.Rebuildable() })
	return expensive && (s.OlderThan >= 0 || s.UntilSize >= 0)
}

// Removal is an item that goes.
type Removal struct {
	*Item
	Reason string         // it goes, for people
	Back   Size           // that it gives, when those before it in the plan are gone
	Last   int64          // when it was used, in Unix seconds
	From   lastuse.Origin // who says so

	broken  bool            // of no use to anybody
	by      string          // the folder that has what is in this one, if it goes for that
	rebuild *gitsrc.Rebuild // of a checkout that was judged
	why     error           // it stays
	moves   []*Move         // what is to be moved out of it before
	moved   Size            // by these, as far as can be told
}

// Expensive reports whether a network is needed to have again what goes.
func (r *Removal) Expensive() bool { return !r.Kind.Rebuildable() && r.by == "" }

// Spared is an item that was selected and stays.
type Spared struct {
	Path string // below the home
	Why  error  // it stays
}

func (s Spared) Error() string { return fmt.Sprintf("%q: %v", s.Path, s.Why) }
func (s Spared) Unwrap() error { return s.Why }

// Plan says what goes. Making one only reads, and nothing is written to it later: what it
// comes to is an [Outcome].
type Plan struct {
	Removals []*Removal     // in order of their paths
	Moves    []*Move        // before any of these go, in order of their names
	Thins    []*Thin        // in order of their names
	Stale    []*Removal     // checkouts that go with those
	Spared   []Spared       // in order of their paths
	Before   *Report        // of the home as it is
	Gives    map[Kind]Total // back, by what it is given back from; Thins not counted

	// Short is how many bytes are missing to make the home as small as asked for.
	Short int64

	home   *home.Home
	is     fsx.ID   // which folder the home is
	sweeps []string // folders in which there may be what killed runs left
	relink []*Item  // checkouts that share objects with Thins
}

// NewPlan walks the home and decides what goes. The caller holds a lock on the home. The
// error is an [*UnknownError] if the home has nothing that the selection names.
func NewPlan(ctx context.Context, h *home.Home, sel *Selection, uses *lastuse.Uses) (*Plan, error) {
	c := &collector{meter: newMeter(&MeasureOptions{Needs: sel.Keep})}
	is := fsx.Identify(h.Dir())
	if err := walk(ctx, h.Dir(), sel.Jobs, sel.Builds, c); err != nil {
		return nil, err
	}
	p := &planner{sel: sel, keep: c.needs, all: c.items, uses: uses, plan: &Plan{Before: c.finish(), home: h, is: is, sweeps: leftoverFolders(c.items)}}
	if err := p.checkNames(); err != nil {
		return nil, err
	}
	if err := p.decide(ctx); err != nil {
		return nil, err
	}
	return p.plan, nil
}

// leftoverFolders returns the folders of the home in which killed runs leave things, and
// those in which they have.
func leftoverFolders(items []*Item) []string {
	folders := []string{"registry", "git", "."}
	for _, i := range items {
		if i.Kind == Leftover && !slices.Contains(folders, i.Folder) {
			folders = append(folders, i.Folder)
		}
	}
	return folders
}

// collector keeps the items of a walk, and sums them up.
type collector struct {
	*meter
	items []*Item
}

func (c *collector) item(i *Item) {
	c.meter.item(i)
	c.items = append(c.items, i)
}

// planner makes a plan out of all items.
type planner struct {
	sel  *Selection
	keep *met // what sel.Keep comes to in this home
	all  []*Item
	uses *lastuse.Uses
	plan *Plan
}

func (p *planner) decide(ctx context.Context) error {
	folders := p.foldersUsed()
	var list []*Removal
	for _, i := range p.all {
		if r := p.selected(ctx, i); r != nil {
			r.Last, r.From = p.lastUse(i, folders)
			list = append(list, r)
		}
	}
	list, err := p.splitIndexes(list)
	if err != nil {
		return err
	}
	list = p.narrow(list)
	if list, err = p.spare(ctx, list); err != nil {
		return err
	}
	if list, err = p.settle(ctx, list); err != nil {
		return err
	}
	list = p.withCheckouts(p.holdBack(list))
	explainUseless(list)
	slices.SortFunc(list, func(a, b *Removal) int { return a.compare(b.Item) })
	slices.SortFunc(p.plan.Spared, func(a, b Spared) int { return strings.Compare(a.Path, b.Path) })
	p.plan.Removals = list
	err = p.thin(ctx)
	all := slices.Concat(list, p.plan.Stale)
	backs, gives := gives(all, func(r *Removal) Size { return r.moved })
	for i, r := range all {
		r.Back = backs[i]
	}
	p.plan.Gives = gives
	return err
}

// foldersUsed returns when anything of a registry, or of a repository, was used.
func (p *planner) foldersUsed() map[string]int64 {
	used := map[string]int64{}
	for _, i := range p.all {
		last, _ := p.uses.Last(i.use(), i.Used)
		used[i.Folder] = max(used[i.Folder], last)
	}
	return used
}

// lastUse: an index was used when anything of its registry was, and so was a database.
func (p *planner) lastUse(i *Item, folders map[string]int64) (int64, lastuse.Origin) {
	last, from := p.uses.Last(i.use(), i.Used)
	if i.Kind == Index || i.Kind == Database {
		last = max(last, folders[i.Folder])
	}
	return last, from
}

var kindReasons = map[Kind]string{
	Source:   "unpacked again from its archive",
	Checkout: "checked out again from its repository",
	Archive:  "expensive: downloaded again when it is needed",
	Index:    "expensive: fetched again when it is needed",
	Database: "expensive: cloned again when it is needed",
	Build:    "compiled again when it is needed",
}

// uselessReasons are the reasons for what could be rebuilt if that which it is made from stayed.
var uselessReasons = map[Kind]string{
	Source:   "of no use without its archive",
	Checkout: "of no use without its repository",
}

// explainUseless sees to it that nothing is said to come back from what goes as well.
func explainUseless(list []*Removal) {
	going := map[string]bool{}
	for _, r := range list {
		if r.Kind == Archive || r.Kind == Database {
			going[r.madeFrom()] = true
		}
	}
	for _, r := range list {
		if why := uselessReasons[r.Kind]; why != "" && !r.broken && r.by == "" && going[r.madeFrom()] {
			r.Reason = why
		}
	}
}

// selected returns the removal of an item that is selected, nil if it is not.
func (p *planner) selected(ctx context.Context, i *Item) *Removal {
	if !p.sel.within(i) {
		return nil
	}
	if by := p.supersededBy(i); by != "" {
		return &Removal{Item: i, Reason: supersededReason, by: by}
	}
	return p.selectedAnyway(ctx, i)
}

// selectedAnyway is for what is no matter of Cargos that are gone.
func (p *planner) selectedAnyway(ctx context.Context, i *Item) *Removal {
	if p.keeps(i) {
		return nil
	}
	var unknown []error
	for _, useless := range []struct {
		asked bool
		why   func(*Item) (string, error)
	}{{p.sel.Broken, func(i *Item) (string, error) { return p.whyBroken(ctx, i) }}, {p.sel.Orphans, p.whyOrphan}} {
		if !useless.asked {
			continue
		}
		why, err := useless.why(i)
		if why != "" {
			return &Removal{Item: i, Reason: why, broken: true}
		}
		unknown = append(unknown, err)
	}
	if p.sel.has(i.Kind) {
		return &Removal{Item: i, Reason: kindReasons[i.Kind]}
	}
	if err := errors.Join(unknown...); err != nil {
		p.plan.Spared = append(p.plan.Spared, Spared{i.Path(), fmt.Errorf("what it is good for cannot be told: %w", err)})
	}
	return nil
}

// within applies --registry and --package.
func (s *Selection) within(i *Item) bool {
	if len(s.Registries) > 0 && !(isPackage(i) || i.Kind == Index) || len(s.Packages) > 0 && !isPackage(i) {
		return false
	}
	ofRegistry := func(name string) bool { return isRegistry(name, i.Folder) }
	named := func(spec crate.Spec) bool { return spec.Matches(i.id) }
	return (len(s.Registries) == 0 || slices.ContainsFunc(s.Registries, ofRegistry)) &&
		(len(s.Packages) == 0 || slices.ContainsFunc(s.Packages, named))
}

// isRegistry: a folder may be named without its hash.
func isRegistry(name, folder string) bool { return name == folder || name == withoutHash(folder) }

func withoutHash(folder string) string {
	return folder[:max(strings.LastIndexByte(strings.TrimSuffix(folder, "-shallow"), '-'), 0)]
}

// keeps: an index that is needed may have entries that are not; see splitIndexes.
func (p *planner) keeps(i *Item) bool {
	if p.sel.CI && (i.Kind == Source || i.Kind == Checkout) {
		return false
	}
	return i.Kind != Index && p.keep.has(i)
}
