package resolve

import (
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// link finds the package locked for each dependency among those that the lockfile has for
// the package, as cargo does when it takes a lockfile for its guide (cargo 1.95:
// core/registry.rs, lock). For some there is none: optional dependencies that nothing turns
// on, and dev-dependencies of what is no member.
func (n *node) link(lock *lockfile.Lockfile, packages []Package, locked []int, platforms *platformIndex) error {
	l := linker{lock, packages, locked}
	n.edges = make([]edge, len(n.Dependencies))
	for i := range n.Dependencies {
		d := &n.Dependencies[i]
		at, err := platforms.of(d.Platform)
		if err != nil {
			return err
		}
		to, err := l.find(d)
		if err != nil {
			return err
		}
		n.edges[i] = edge{d, to, at}
	}
	return nil
}

type linker struct {
	lock     *lockfile.Lockfile
	packages []Package
	locked   []int // sorted, and so by name
}

// find returns the first that fits and is from the dependency's source, or else the first
// that fits.
func (l linker) find(d *Dependency) (int, error) {
	start, _ := slices.BinarySearchFunc(l.locked, d.Package, func(i int, name string) int {
		return strings.Compare(l.lock.Packages[i].ID.Name, name)
	})
	found := none
	var requirement *crate.Requirement
	for _, i := range l.locked[start:] {
		p := &l.lock.Packages[i]
		if p.ID.Name != d.Package {
			break
		}
		if requirement == nil {
			r, err := parseRequirement(d.Requirement)
			if err != nil {
				return none, err
			}
			requirement = &r
		}
		if d.Requirement != "" && !requirement.Matches(p.ID.Version) {
			continue
		}
		if l.isFrom(i, d) {
			return l.replaced(i), nil
		}
		if found == none {
			found = l.replaced(i)
		}
	}
	return found, nil
}

// parseRequirement: no text takes every version.
func parseRequirement(text string) (crate.Requirement, error) {
	if text == "" {
		return crate.Requirement{}, nil
	}
	return crate.ParseRequirement(text)
}

// isFrom: lockfiles name crates.io in one way of several.
func (l linker) isFrom(i int, d *Dependency) bool {
	source := l.lock.Packages[i].ID.Source
	if source == (crate.SourceID{}) && d.Source == source {
		dir := l.packages[i].Dir
		return d.Dir == "" || dir == "" || d.Dir == dir
	}
	return source.Key() == d.Source.Key() || source.IsCratesIO() && d.Source.IsCratesIO()
}

// replaced follows [replace].
func (l linker) replaced(i int) int {
	if id := l.lock.Packages[i].Replace; id != nil {
		return l.lock.Find(*id)
	}
	return i
}
