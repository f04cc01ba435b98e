package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/resolve"
)

// Version is a package of a name of which there are several, in one lockfile.
type Version struct {
	Lockfile string `json:"lockfile"` // for people
	Named
	WantedBy []Want `json:"wanted_by"` // packages, in Cargo's order

	// WouldDo is the version of another package of the name in the lockfile that all who
	// want this one would take as well: `cargo update` could make do with one.
	WouldDo string `json:"would_do,omitempty"`
}

// Want is a package that wants another, and which version of it.
type Want struct {
	Named
	Requirements []string `json:"requirements,omitempty"` // each once; none if they are not known
}

// shownWants is how many of those that want a version are named in a line.
const shownWants = 3

// Wants names the first of those that want it, with their requirements.
func (v *Version) Wants() string {
	var list []string
	for i, w := range v.WantedBy {
		if i == shownWants {
			return fmt.Sprintf("%s and %d more", strings.Join(list, ", "), len(v.WantedBy)-i)
		}
		text := w.Name + " v" + w.Version
		if len(w.Requirements) > 0 {
			text += " (" + strings.Join(w.Requirements, " and ") + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

// version says who wants a package.
func (p place) version() Version {
	v := Version{Lockfile: p.Name, Named: named(p.id()), WantedBy: []Want{}}
	g := p.graphOf(p.pkg)
	wants := map[int]*Want{} // of packages
	for _, n := range g.nodes[p.pkg] {
		for _, i := range g.into[n] {
			pkg := g.packages[g.edges[i].from]
			if wants[pkg] == nil {
				wants[pkg] = &Want{Named: named(p.Lock.Packages[pkg].ID)}
			}
			wants[pkg].add(g.edges[i].declared)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(wants)) {
		v.WantedBy = append(v.WantedBy, *wants[pkg])
	}
	return v
}

// add adds the requirements of dependencies.
func (w *Want) add(declared []*resolve.Dependency) {
	for _, d := range declared {
		if d.Requirement != "" {
			w.Requirements = append(w.Requirements, d.Requirement)
		}
	}
	slices.Sort(w.Requirements)
	w.Requirements = slices.Compact(w.Requirements)
}

// maxMatches bounds how often a version is held against a requirement, or another version.
const maxMatches = 1 << 20

// versions lists the packages of a name, none if there is but one.
func versions(places []place) (list []Version) {
	if len(distinct(places)) < 2 {
		return nil
	}
	wants := 0
	for _, p := range places {
		list = append(list, p.version())
		wants += len(list[len(list)-1].WantedBy)
	}
	if max(wants, len(places))*len(places) > maxMatches {
		return list
	}
	for i, p := range places {
		for _, other := range places {
			if other.lock == p.lock && other.pkg != p.pkg && other.takes(&list[i]) {
				list[i].WouldDo = other.id().Version
			}
		}
	}
	return list
}

// takes reports whether the package satisfies all requirements for another of its source,
// of which all are known.
func (p place) takes(v *Version) bool {
	if named(p.id()).Source != v.Source || len(v.WantedBy) == 0 {
		return false
	}
	for _, w := range v.WantedBy {
		for _, text := range w.Requirements {
			r, err := crate.ParseRequirement(text)
			if err != nil || !r.Matches(p.id().Version) {
				return false
			}
		}
		if len(w.Requirements) == 0 {
			return false
		}
	}
	return true
}
