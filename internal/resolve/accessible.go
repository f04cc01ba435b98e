package resolve

import (
	"slices"

	"cargohome/internal/platform"
)

// Accessible returns for each package of the lockfile whether Cargo gets it before it
// builds what is asked, and fails if it cannot: that is more than is built (cargo 1.95:
// PackageSet::download_accessible). For each target it goes from the members along the
// dependencies of some kinds that are for the target or for a host, whatever features are
// on for them in the end: one that only another platform turns on, or that "d?/f" waits
// for, is among them. Without targets every platform counts.
//
// An artifact dependency may be for any platform, here too.
func (s *Survey) Accessible(kinds Kinds, targets, hosts []*platform.Target) []bool {
	gets := make([]bool, len(s.graph.packages))
	for _, pkg := range s.asked { // cargo 1.95: ops/cargo_compile/mod.rs, to_build_ids
		gets[pkg] = true
	}
	if len(targets) == 0 {
		s.access(gets, kinds, nil)
	}
	for _, t := range targets {
		on := slices.Clone(s.graph.matched(t))
		for _, h := range hosts {
			merge(on, s.graph.matched(h))
		}
		s.access(gets, kinds, on)
	}
	return gets
}

// Where a package is got for, in place of where it is built for.
const (
	onTarget place = iota // what is on there
	anywhere
)

// access adds what is come to where platforms are on, by their numbers; nil is for all.
func (s *Survey) access(gets []bool, kinds Kinds, on []bool) {
	var next []point
	seen := make(map[point]bool, len(gets))
	arrive := func(p point) {
		if !seen[p] {
			seen[p], gets[p.pkg] = true, true
			next = append(next, p)
		}
	}
	for _, pkg := range s.roots {
		arrive(point{pkg, onTarget})
	}
	for len(next) > 0 {
		p := next[len(next)-1]
		next = next[:len(next)-1]
		for i := range s.known[p.pkg] {
			e := &s.graph.packages[p.pkg].edges[i]
			meant := e.platform == none || on == nil || p.at == anywhere || on[e.platform]
			if !s.known[p.pkg][i] || e.to == none || !kinds.Has(e.Kind) || !meant {
				continue
			}
			arrive(point{e.to, p.at})
			if e.Artifact {
				arrive(point{e.to, anywhere})
			}
		}
	}
}
