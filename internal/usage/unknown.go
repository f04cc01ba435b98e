package usage

import (
	"fmt"
	"slices"

	"cargohome/crate"
)

// UnknownError says that nothing in the home has a name by which something was selected.
type UnknownError struct {
	What string // "registry" or "package"
	Name string // that was asked for
	Near string // a name that something has and that may be meant, or ""
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("the cargo home has nothing of a %s %q", e.What, e.Name)
}

// Hint returns what the user may do about the error.
func (e *UnknownError) Hint() string {
	if e.Near != "" {
		return fmt.Sprintf("did you mean %s?", e.Near)
	}
	return fmt.Sprintf("run `cargohome size --by %s` for what there is", map[string]string{"registry": "registry", "package": "version"}[e.What])
}

// checkNames makes sure that each registry and package which is named is there. Of a
// registry folders will do that hold nothing any more.
func (p *planner) checkNames() error {
	for _, name := range p.sel.Registries {
		if !slices.ContainsFunc(p.plan.Before.Registries, func(r Registry) bool { return isRegistry(name, r.Name) }) {
			return &UnknownError{"registry", name, p.nearRegistry(name)}
		}
	}
	for _, spec := range p.sel.Packages {
		if !slices.ContainsFunc(p.all, func(i *Item) bool { return isPackage(i) && spec.Matches(i.id) }) {
			return &UnknownError{"package", spec.String(), p.nearPackage(spec)}
		}
	}
	return nil
}

func isPackage(i *Item) bool { return i.Kind == Source || i.Kind == Archive }

func (p *planner) nearRegistry(name string) string {
	n := newNearest(name)
	for _, r := range p.plan.Before.Registries {
		n.try(r.Name)
		n.try(withoutHash(r.Name))
	}
	return n.best
}

// nearPackage is a package called alike, or the highest version of the one that is named.
func (p *planner) nearPackage(spec crate.Spec) string {
	n, version := newNearest(spec.Name), ""
	for _, i := range p.all {
		switch {
		case !isPackage(i):
		case i.id.Name != spec.Name:
			n.try(i.id.Name)
		case version == "" || crate.CompareVersions(i.id.Version, version) > 0:
			version = i.id.Version
		}
	}
	if version != "" {
		return spec.Name + "@" + version
	}
	return n.best
}

// nearest finds the name that differs least from one, and not by much.
type nearest struct {
	name, best string
	distance   int
}

// maxDistance is how many letters may differ (cargo 1.95: closest).
const maxDistance = 3

func newNearest(name string) *nearest { return &nearest{name: name, distance: maxDistance + 1} }

func (n *nearest) try(name string) {
	if d := distance(n.name, name); d < n.distance || d == n.distance && d <= maxDistance && name < n.best {
		n.best, n.distance = name, d
	}
}

// distance counts the letters to change, add or take away to make a into b; more than
// maxDistance where the lengths show that.
func distance(a, b string) int {
	if d := len(a) - len(b); d > maxDistance || d < -maxDistance {
		return maxDistance + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}
