package resolve

import (
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// linker finds the package that is locked for each dependency, as cargo does when it takes
// a lockfile for its guide (cargo 1.95: core/registry.rs, lock): among those that the
// lockfile has for the dependent, or else among all.
type linker struct {
	lock      *lockfile.Lockfile
	packages  []Package
	all       []int // every package, sorted, and so by name
	platforms platformIndex
	versions  map[string]crate.Requirement // by their text, as many are the same
	steps     int
}

func newLinker(lock *lockfile.Lockfile, packages []Package) *linker {
	l := &linker{lock: lock, packages: packages, platforms: platformIndex{index: map[string]int{}}, versions: map[string]crate.Requirement{}}
	for i := range packages {
		l.all = append(l.all, i)
	}
	return l
}

// edges returns those of the package of a number. Some lead nowhere: optional dependencies
// that nothing turns on, and dev-dependencies of what is no member.
func (l *linker) edges(pkg int) ([]edge, error) {
	deps := l.packages[pkg].Dependencies
	edges := make([]edge, len(deps))
	for i := range deps {
		at, err := l.platforms.of(deps[i].Platform)
		if err != nil {
			return nil, err
		}
		to, elsewhere, err := l.find(&deps[i], l.lock.Packages[pkg].Dependencies)
		if err != nil {
			return nil, err
		}
		if l.steps > maxSteps {
			return nil, &LimitError{"steps to find its dependencies", maxSteps}
		}
		edges[i] = edge{Dependency: &deps[i], to: to, platform: at, elsewhere: elsewhere}
	}
	return edges, nil
}

// find returns the index of a package, or none. One from elsewhere will do if it is locked
// for the dependent, and none from the source of the dependency is.
func (l *linker) find(d *Dependency, locked []int) (to int, elsewhere bool, err error) {
	requirement, err := l.requirement(d.Requirement)
	if err != nil {
		return none, false, err
	}
	fits := func(i int) bool {
		return d.Requirement == "" || requirement.Matches(l.lock.Packages[i].ID.Version)
	}
	other := none
	for _, i := range l.named(locked, d.Package) {
		switch {
		case !fits(i):
		case l.isFrom(i, d):
			return l.replaced(i), false, nil
		case other == none:
			other = i
		}
	}
	if other != none {
		return l.replaced(other), true, nil
	}
	for _, i := range l.named(l.all, d.Package) {
		if l.isFrom(i, d) && fits(i) {
			return l.replaced(i), false, nil
		}
	}
	return none, false, nil
}

// named returns those of a sorted list of packages that have a name.
func (l *linker) named(list []int, name string) []int {
	compare := func(i int, name string) int { return strings.Compare(l.lock.Packages[i].ID.Name, name) }
	start, _ := slices.BinarySearchFunc(list, name, compare)
	end := start
	for end < len(list) && compare(list[end], name) == 0 {
		end++
	}
	l.steps += end - start
	return list[start:end]
}

// requirement reads one; no text takes every version.
func (l *linker) requirement(text string) (r crate.Requirement, err error) {
	if text == "" {
		return r, nil
	}
	r, known := l.versions[text]
	if !known {
		r, err = crate.ParseRequirement(text)
		l.versions[text] = r
	}
	return r, err
}

// isFrom reports whether a package is from the source of a dependency. Of crates.io,
// lockfiles know one name, and dependencies several.
func (l *linker) isFrom(i int, d *Dependency) bool {
	source := l.lock.Packages[i].ID.Source
	if d.AnySource {
		return true
	}
	if source == (crate.SourceID{}) && d.Source == source {
		dir := l.packages[i].Dir
		return d.Dir == "" || dir == "" || d.Dir == dir
	}
	return source.Key() == d.Source.Key() || source.IsCratesIO() && d.Source.IsCratesIO()
}

// replaced follows [replace].
func (l *linker) replaced(i int) int {
	if id := l.lock.Packages[i].Replace; id != nil {
		return l.lock.Find(*id)
	}
	return i
}
