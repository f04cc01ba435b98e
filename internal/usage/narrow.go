package usage

import (
	"cmp"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

// narrow applies what limits a selection by versions and by age.
func (p *planner) narrow(list []*Removal) []*Removal {
	newest := p.newest()
	before := p.sel.Now.Add(-p.sel.OlderThan).Unix()
	return slices.DeleteFunc(list, func(r *Removal) bool {
		switch {
		case r.Kind == Leftover:
			return false
		case p.sel.KeepVersions > 0 && !r.broken && (newest[r.Item] || r.Kind == Index || r.Kind == Database):
			return true // without its index or repository, a version that is kept would be of little use
		case p.sel.OlderThan >= 0:
			return r.Last >= before
		}
		return false
	})
}

// newest returns the items that --keep-versions keeps.
func (p *planner) newest() map[*Item]bool {
	if p.sel.KeepVersions == 0 {
		return nil
	}
	series := map[string][]*Item{}
	for _, i := range p.all {
		if i.Kind == Source || i.Kind == Archive || i.Kind == Checkout {
			k := strings.Join([]string{string(i.Kind), i.Folder, i.id.Name}, "/")
			series[k] = append(series[k], i)
		}
	}
	kept := map[*Item]bool{}
	for _, items := range series {
		slices.SortFunc(items, p.newerFirst)
		for _, i := range items[:min(p.sel.KeepVersions, len(items))] {
			kept[i] = true
		}
	}
	return kept
}

func (p *planner) newerFirst(a, b *Item) int {
	if a.Kind != Checkout {
		return cmp.Or(crate.CompareVersions(b.id.Version, a.id.Version), strings.Compare(a.Name, b.Name))
	}
	usedA, _ := p.uses.Last(a.use(), a.Used)
	usedB, _ := p.uses.Last(b.use(), b.Used)
	return cmp.Or(cmp.Compare(usedB, usedA), strings.Compare(a.Name, b.Name))
}

// withCheckouts adds the checkouts of databases that go: without them Cargo does not
// take them.
func (p *planner) withCheckouts(list []*Removal) []*Removal {
	going, listed := map[string]*Removal{}, map[*Item]bool{}
	for _, r := range list {
		listed[r.Item] = true
		if r.Kind == Database && r.by == "" {
			going[r.Folder] = r
		}
	}
	for _, i := range p.all {
		if db := going[i.Folder]; db != nil && i.Kind == Checkout && !listed[i] && i.err == nil && !p.keeps(i) {
			last, from := p.uses.Last(i.use(), i.Used)
			list = append(list, &Removal{Item: i, Reason: uselessReasons[Checkout], Last: min(last, db.Last), From: from})
		}
	}
	return list
}

// limit applies --until-size: what can be rebuilt goes first, then what was not used
// for the longest time. What gives nothing back stays.
func (p *planner) limit(list []*Removal) []*Removal {
	if p.sel.UntilSize < 0 {
		return list
	}
	slices.SortFunc(list, func(a, b *Removal) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Last, b.Last), a.compare(b.Item))
	})
	whole := newGivesBack() // if all of the list went
	for _, r := range list {
		whole.add(r.Item)
	}
	left, back := p.plan.Before.GivesBack().Allocated, newGivesBack()
	var going []*Removal
	for _, r := range list {
		if left > p.sel.UntilSize && whole.from(r.Item) {
			left -= back.add(r.Item).Allocated - r.moved.Allocated
			going = append(going, r)
		}
	}
	p.plan.Short = max(0, left-p.sel.UntilSize)
	return slices.DeleteFunc(going, func(r *Removal) bool { return !back.from(r.Item) }) // a file's other name was not reached
}

// rank orders what goes first. Checkouts go before their database.
func (r *Removal) rank() int {
	switch {
	case r.broken || r.Kind == Leftover:
		return 0
	case r.Kind.Rebuildable():
		return 1
	}
	return 2
}

// givesBack works out what removing items gives back: of a file with several names
// only when the last goes.
type givesBack struct{ gone map[fsx.ID]uint64 }

func newGivesBack() *givesBack { return &givesBack{map[fsx.ID]uint64{}} }

func (g *givesBack) add(i *Item) Size {
	size := i.Size
	for _, l := range i.links {
		if g.gone[l.ID]++; g.gone[l.ID] == l.links {
			size.add(l.size)
		}
	}
	return size
}

// from reports whether anything of what was added up comes from an item.
func (g *givesBack) from(i *Item) bool {
	return i.Size.Allocated > 0 || slices.ContainsFunc(i.links, func(l link) bool {
		return l.size.Allocated > 0 && g.gone[l.ID] == l.links
	})
}

// gives returns what each of some removals gives back, without what was moved out of it,
// and all of a kind together.
func gives(list []*Removal, moved func(*Removal) Size) (backs []Size, totals map[Kind]Total) {
	totals = map[Kind]Total{}
	all := newGivesBack()
	for _, r := range list {
		back := all.add(r.Item)
		back.sub(moved(r))
		backs = append(backs, back)
		t := totals[r.Kind]
		t.Count++
		t.add(back)
		totals[r.Kind] = t
	}
	return backs, totals
}
