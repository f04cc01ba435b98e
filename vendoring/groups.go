package vendoring

import (
	"slices"
	"strconv"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
)

// groups distributes the sources of packages, which are in Cargo's order: as
// many as possible go into the vendor folder itself, each other one into a
// folder of its own.
func groups(merged []lockfile.Package) []Group {
	all, names := []Group{{}}, groupNames{}
	bySource, taken := namesBySource(merged), map[nameVersion]bool{}
	for _, source := range sources(merged) {
		own := bySource[source.Key()]
		if slices.ContainsFunc(own, func(n nameVersion) bool { return taken[n] }) {
			all = append(all, Group{names.next(source), []crate.SourceID{source}})
			continue
		}
		all[0].Sources = append(all[0].Sources, source)
		for _, n := range own {
			taken[n] = true
		}
	}
	return all
}

// nameVersion is what two packages of one folder may not have in common.
type nameVersion struct{ name, version string }

func nameVersionOf(p lockfile.Package) nameVersion { return nameVersion{p.ID.Name, p.ID.Version} }

func namesBySource(merged []lockfile.Package) map[crate.SourceKey][]nameVersion {
	all := map[crate.SourceKey][]nameVersion{}
	for _, p := range merged {
		key := p.ID.Source.Key()
		all[key] = append(all[key], nameVersionOf(p))
	}
	return all
}

// sources returns the distinct sources in Cargo's order.
func sources(merged []lockfile.Package) []crate.SourceID {
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

// groupNames counts how often a name was asked for.
type groupNames map[string]int

// groupPrefix begins the name of a group's folder, and of no package.
const groupPrefix = "@"

// next makes a folder name of the one that the source's folders have in a
// Cargo home. Several references of one repository share that.
func (g groupNames) next(source crate.SourceID) string {
	ident, _ := home.Ident(source)
	hash := ident[strings.LastIndexByte(ident, '-')+1:]
	if strings.ContainsFunc(ident, oddInName) {
		ident = hash
	}
	g[ident]++
	if n := g[ident]; n > 1 {
		return groupPrefix + ident + "-" + strconv.Itoa(n)
	}
	return groupPrefix + ident
}

func oddInName(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.", r))
}
