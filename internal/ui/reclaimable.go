package ui

import (
	"fmt"

	"cargohome/internal/usage"
)

// Reclaimable is what clean could give back of a home, if it was not told what to remove.
type Reclaimable struct {
	Format Format1           `json:"format"` // 1
	Home   string            `json:"home"`   // the folder
	Kinds  []ReclaimableKind `json:"kinds"`  // in the order in which it is better to go without them
}

// ReclaimableKind is one kind of it.
type ReclaimableKind struct {
	Kind usage.Kind `json:"kind"` // what it is
	usage.Total
	Expensive bool   `json:"expensive"` // whether it takes a network to have it again
	Flag      string `json:"flag"`      // that removes it

	words string
}

// NewReclaimable takes what was measured of the home in dir.
func NewReclaimable(dir string, r *usage.Report) *Reclaimable {
	archives, sources, index := registryTotals(r)
	v := &Reclaimable{Home: dir}
	for _, k := range []ReclaimableKind{
		{usage.Source, sources, false, "--src", "sources, unpacked again"},
		{usage.Checkout, r.Git.Checkouts, false, "--checkouts", "checkouts, checked out again"},
		{usage.Build, r.Builds, false, "--build", "what was built here, compiled again"},
		{usage.Archive, archives, true, "--archives", "archives, downloaded again"},
		{usage.Database, r.Git.Databases, true, "--dbs", "repositories, cloned again"},
		{usage.Index, index, true, "--index", "indexes, downloaded again"},
	} {
		if k.Count > 0 {
			v.Kinds = append(v.Kinds, k)
		}
	}
	return v
}

// registryTotals is what all registries come to.
func registryTotals(r *usage.Report) (archives, sources, index usage.Total) {
	for _, reg := range r.Registries {
		archives, sources, index = archives.Plus(reg.Archives), sources.Plus(reg.Sources), index.Plus(reg.Index)
	}
	return archives, sources, index
}

func (v *Reclaimable) summarize(p *Printer) {
	p.Note("nothing is removed, as nothing says what: `cargohome clean --auto -n` plans for what needs no network again")
}

func (v *Reclaimable) writeText(p *Printer) error {
	t := &table{out: p, least: []int{1, 3}}
	t.head(v.Home, "apparent", "on disk", "count")
	for _, k := range v.Kinds {
		t.row(k.words, size(k.Apparent), size(k.Allocated), fmt.Sprint(k.Count), "cargohome clean "+k.Flag)
	}
	return t.print()
}
