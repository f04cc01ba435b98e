package usage

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"cargohome/internal/fsx"
	"cargohome/internal/lastuse"
)

// Grouping is what items are put together by.
type Grouping string

// The ways of putting items together.
const (
	ByRegistry   Grouping = "registry"
	ByCrate      Grouping = "crate"
	ByVersion    Grouping = "version"
	ByRepository Grouping = "repository"
)

// Groupings are all there are.
var Groupings = []Grouping{ByRegistry, ByCrate, ByVersion, ByRepository}

// Group is items that belong together: of a registry, a crate, a version of one, or
// a repository.
type Group struct {
	Name string `json:"name"` // that people know it by, such as "serde 1.0.0"
	Total
	Used     int64          `json:"last_use,omitempty"`      // in Unix seconds
	From     lastuse.Origin `json:"last_use_from,omitempty"` // who says so
	NeededBy []string       `json:"needed_by,omitempty"`     // lockfiles, in order, if asked for
}

// Top lists the largest.
type Top struct {
	Crates, Versions, Repositories []Group // the largest first
}

// groups collects items. A group is found by the name that people know it by.
type groups struct {
	opts  *MeasureOptions
	needs *met
	by    map[Grouping]map[string]*Group
	seen  map[fsx.ID]bool
}

func newGroups(opts *MeasureOptions, needs *met) *groups {
	g := &groups{opts: opts, needs: needs, by: map[Grouping]map[string]*Group{}, seen: map[fsx.ID]bool{}}
	switch {
	case opts.By != "":
		g.by[opts.By] = map[string]*Group{}
	case opts.Top > 0:
		for _, by := range []Grouping{ByCrate, ByVersion, ByRepository} {
			g.by[by] = map[string]*Group{}
		}
	}
	return g
}

// key returns the group of an item for a grouping, "" if it belongs to none.
func key(by Grouping, i *Item) string {
	isPackage := i.Kind == Source || i.Kind == Archive
	switch {
	case by == ByRegistry && (isPackage || i.Kind == Index), by == ByRepository && (i.Kind == Database || i.Kind == Checkout):
		return i.Folder
	case by == ByCrate && isPackage:
		return i.id.Name
	case by == ByVersion && isPackage:
		return i.id.Name + " " + i.id.Version
	}
	return ""
}

func (g *groups) add(i *Item) {
	if len(g.by) == 0 {
		return
	}
	size := i.Size
	for _, l := range i.links {
		if !g.seen[l.ID] {
			g.seen[l.ID] = true
			size.add(l.size)
		}
	}
	used, from := g.opts.Uses.Last(i.use(), i.Used)
	for by, all := range g.by {
		if k := key(by, i); k != "" {
			g.group(all, k).count(i, size, used, from, g.needs.by(i))
		}
	}
}

func (g *groups) group(all map[string]*Group, k string) *Group {
	if all[k] == nil {
		all[k] = &Group{Name: k}
	}
	return all[k]
}

func (g *Group) count(i *Item, size Size, used int64, from lastuse.Origin, neededBy []string) {
	g.Count++
	g.Size.add(size)
	if used > g.Used {
		g.Used, g.From = used, from
	}
	for _, by := range neededBy {
		if !slices.Contains(g.NeededBy, by) {
			g.NeededBy = append(g.NeededBy, by)
		}
	}
}

func (g *groups) finish(r *Report) {
	if len(g.by) > 0 {
		r.LastUse = g.opts.Uses.Origin()
	}
	if g.opts.By != "" {
		r.Groups = largest(g.by[g.opts.By], g.opts.Top)
		return
	}
	r.Top = Top{largest(g.by[ByCrate], g.opts.Top), largest(g.by[ByVersion], g.opts.Top), largest(g.by[ByRepository], g.opts.Top)}
}

// largest returns the n largest groups, all if n is 0.
func largest(all map[string]*Group, n int) []Group {
	list := make([]Group, 0, len(all))
	for _, g := range slices.Collect(maps.Values(all)) {
		slices.Sort(g.NeededBy)
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Allocated, a.Allocated), cmp.Compare(b.Apparent, a.Apparent), strings.Compare(a.Name, b.Name))
	})
	if n > 0 && n < len(list) {
		list = list[:n]
	}
	return list
}
