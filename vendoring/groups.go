package vendoring

import (
	"slices"
	"strconv"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
)

// groups distributes the sources of packages, which are in Cargo's order: as
// many as possible go into the vendor folder itself, each other one into a
// folder of its own.
func groups(merged []Package) []Group {
	enemies := clashes(merged)
	all := []Group{{}}
	for _, source := range sources(merged) {
		fits := !slices.ContainsFunc(all[0].Sources, func(s crate.SourceID) bool {
			return enemies[[2]crate.SourceKey{s.Key(), source.Key()}]
		})
		if fits {
			all[0].Sources = append(all[0].Sources, source)
		} else {
			all = append(all, Group{groupName(source, all), []crate.SourceID{source}})
		}
	}
	return all
}

// sources returns the distinct sources in Cargo's order.
func sources(merged []Package) []crate.SourceID {
	var list []crate.SourceID
	seen := map[crate.SourceKey]bool{}
	for _, p := range merged {
		if key := p.ID.Source.Key(); !seen[key] {
			seen[key] = true
			list = append(list, p.ID.Source)
		}
	}
	slices.SortFunc(list, crate.SourceID.Compare)
	return list
}

// clashes returns the pairs of sources that have a name and version in common.
func clashes(merged []Package) map[[2]crate.SourceKey]bool {
	pairs := map[[2]crate.SourceKey]bool{}
	for i := range merged {
		for j := i + 1; j < len(merged) && same(merged[i], merged[j]); j++ {
			a, b := merged[i].ID.Source.Key(), merged[j].ID.Source.Key()
			pairs[[2]crate.SourceKey{a, b}] = true
			pairs[[2]crate.SourceKey{b, a}] = true
		}
	}
	return pairs
}

// groupName makes a folder name of the one that the source's folders have in a
// Cargo home. Several references of one repository share that.
func groupName(source crate.SourceID, taken []Group) string {
	ident, _ := home.Ident(source)
	hash := ident[strings.LastIndexByte(ident, '-')+1:]
	if strings.ContainsFunc(ident, oddInName) {
		ident = hash
	}
	name := "@" + ident
	for n := 2; slices.ContainsFunc(taken, func(g Group) bool { return g.Folder == name }); n++ {
		name = "@" + ident + "-" + strconv.Itoa(n)
	}
	return name
}

func oddInName(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.", r))
}
