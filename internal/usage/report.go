package usage

import (
	"context"
	"maps"
	"slices"
	"strings"

	"cargohome/internal/fsx"
	"cargohome/internal/lastuse"
)

// Total is a number of things and what they take.
type Total struct {
	Count int `json:"count"` // of things
	Size
}

// Plus is what both come to.
func (t Total) Plus(o Total) Total { return Total{t.Count + o.Count, t.Size.Plus(o.Size)} }

// Registry is what one registry takes. Its index counts 1 if it is there.
type Registry struct {
	Name     string `json:"name"`     // of its folders
	Index    Total  `json:"index"`    // in registry/index
	Archives Total  `json:"archives"` // in registry/cache
	Sources  Total  `json:"sources"`  // in registry/src
}

// Git is what repositories take.
type Git struct {
	Databases Total `json:"databases"` // in git/db
	Checkouts Total `json:"checkouts"` // in git/checkouts
}

// Report says what takes the space.
type Report struct {
	Total      Size       // of all
	Binaries   Total      // what is in bin
	Registries []Registry // in order of their names
	Git        Git        // repositories and checkouts
	Own        Size       // of Cargo's other files, and of the folders that hold all else
	Builds     Total      // what Cargo compiled
	Leftovers  Total      // of our runs that were killed
	Others     Total      // what is not Cargo's; number of the paths in it

	// Elsewhere is what of each kind lies in files that have names outside of the
	// home too: removing gives nothing of it back.
	Elsewhere map[Kind]Size

	Strangers []Stranger // the first of those, in order of their paths
	Problems  []Problem  // the first of what could not be looked at
	Unseen    int        // of them in all

	Groups []Group // if asked for
	Top    Top     // if asked for

	LastUse lastuse.Origin // where times of last use are from, if asked for
}

// MeasureOptions say what else is wanted.
type MeasureOptions struct {
	Jobs   int           // items measured at a time; 0 means one for each processor
	By     Grouping      // group the items by this, if not ""
	Top    int           // how many of the largest crates, versions and repositories are listed, and of Groups
	Builds []string      // more folders that Cargo builds in, besides build; below the home, '/'-separated
	Needs  *Needs        // tell which lockfile needs what
	Uses   *lastuse.Uses // when they were used, for groups and top; nil if nothing knows
}

// maxListed bounds what is listed of strangers and problems.
const maxListed = 1000

// Measure sums up the home in dir, in one walk. A home that does not exist takes
// nothing.
func Measure(ctx context.Context, dir string, opts *MeasureOptions) (*Report, error) {
	m := newMeter(opts)
	if err := walk(ctx, dir, opts.Jobs, opts.Builds, m); err != nil {
		return nil, err
	}
	return m.finish(), nil
}

func newMeter(opts *MeasureOptions) *meter {
	needs := &met{opts.Needs, users{}}
	return &meter{needs: needs, seen: map[fsx.ID]*names{}, registries: map[string]*Registry{}, groups: newGroups(opts, needs)}
}

func (m *meter) finish() *Report {
	r := &m.report
	for _, name := range slices.Sorted(maps.Keys(m.registries)) {
		r.Registries = append(r.Registries, *m.registries[name])
	}
	slices.SortFunc(r.Strangers, func(a, b Stranger) int { return strings.Compare(a.Path, b.Path) })
	r.Own = m.own.Size
	r.Elsewhere = map[Kind]Size{}
	for _, n := range m.seen {
		if n.met < n.links {
			size := r.Elsewhere[n.kind]
			size.add(n.size)
			r.Elsewhere[n.kind] = size
		}
	}
	m.groups.finish(r)
	return r
}

// GivesBack is what the file system would give back if all of the home went: its total
// without what has names elsewhere.
func (r *Report) GivesBack() Size {
	size := r.Total
	for _, s := range r.Elsewhere {
		size.sub(s)
	}
	return size
}

// GivesBackOf is what the items of a kind take, without what has names elsewhere.
func (r *Report) GivesBackOf(k Kind) Total {
	t := r.of(k)
	t.sub(r.Elsewhere[k])
	return t
}

func (r *Report) of(k Kind) (t Total) {
	switch k {
	case Checkout:
		return r.Git.Checkouts
	case Database:
		return r.Git.Databases
	case Build:
		return r.Builds
	case Leftover:
		return r.Leftovers
	}
	for _, reg := range r.Registries {
		part := map[Kind]Total{Source: reg.Sources, Archive: reg.Archives, Index: reg.Index}[k]
		t.Count += part.Count
		t.add(part.Size)
	}
	return t
}

// meter sums up what a walk finds.
type meter struct {
	needs      *met
	report     Report
	seen       map[fsx.ID]*names // files with several names
	registries map[string]*Registry
	own        Total
	groups     *groups
}

// names is a file that has several, of which some were met.
type names struct {
	link
	met  uint64
	kind Kind // it counts for
}

// once returns the size of files not seen before, which count for a kind.
func (m *meter) once(kind Kind, size Size, links []link) Size {
	for _, l := range links {
		n := m.seen[l.ID]
		if n == nil {
			n = &names{link: l, kind: kind}
			m.seen[l.ID] = n
			size.add(l.size)
		}
		n.met++
	}
	return size
}

func (m *meter) item(i *Item) {
	m.needs.meets(i)
	m.groups.add(i)
	m.add(i.Kind, i.Folder, m.once(i.Kind, i.Size, i.links), 1)
	if i.err != nil {
		m.problem(Problem{i.Path(), i.err})
	}
}

func (m *meter) part(kind Kind, folder string, size Size, links []link, count int) {
	m.add(kind, folder, m.once(kind, size, links), count)
}

func (m *meter) add(kind Kind, folder string, size Size, count int) {
	t := m.total(kind, folder)
	t.add(size)
	t.Count += count
	m.report.Total.add(size)
}

// total returns where things of a kind are summed up. The folders that hold those of
// registries belong to none.
func (m *meter) total(kind Kind, folder string) *Total {
	r := &m.report
	switch {
	case kind == binaries:
		return &r.Binaries
	case kind == Build:
		return &r.Builds
	case kind == Leftover:
		return &r.Leftovers
	case kind == Database:
		return &r.Git.Databases
	case kind == Checkout:
		return &r.Git.Checkouts
	case kind == stranger:
		return &r.Others
	case kind == own || folder == "":
		return &m.own
	case kind == Index:
		return &m.registry(folder).Index
	case kind == Archive:
		return &m.registry(folder).Archives
	}
	return &m.registry(folder).Sources
}

func (m *meter) registry(name string) *Registry {
	r := m.registries[name]
	if r == nil {
		r = &Registry{Name: name}
		m.registries[name] = r
	}
	return r
}

func (m *meter) strange(s Stranger, links []link) {
	s.Size = m.once(stranger, s.Size, links)
	m.add(stranger, "", s.Size, 1)
	if len(m.report.Strangers) < maxListed {
		m.report.Strangers = append(m.report.Strangers, s)
	}
}

func (m *meter) problem(p Problem) {
	if m.report.Unseen++; len(m.report.Problems) < maxListed {
		m.report.Problems = append(m.report.Problems, p)
	}
}
