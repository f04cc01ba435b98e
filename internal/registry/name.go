package registry

import (
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
)

const cratesIO = "crates-io" // as cargo's configuration calls it

// isName reports whether a registry can have a folder of that name, which is a part of a
// URL as it is.
func isName(name string) bool {
	return name != "" && len(name) <= 128 && name[0] != '.' && strings.Trim(name, nameLetters) == ""
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

// Names give registries theirs.
type Names struct {
	Record     Record                    // of the mirror, in which they keep their names
	Configured map[string]crate.SourceID // by the names that cargo's configuration has
}

// Known returns what registries may be: crates.io, the sources that have a name, others that
// are known, and those that lockfiles name.
func (n *Names) Known(others []crate.SourceID, locked []Locked) (known []crate.SourceID) {
	git, err := crate.NewRegistrySource(crate.CratesIOGit)
	if err != nil {
		panic(err) // a constant
	}
	known = append(known, git)
	for _, r := range n.Record.Registries {
		if r.Source != (crate.SourceID{}) {
			known = append(known, r.Source)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.Configured)) {
		known = append(known, n.Configured[name])
	}
	known = append(known, others...)
	for _, l := range locked {
		known = append(known, l.ID.Source)
	}
	return known
}

// of returns the name of the registry that a store is of, which no other has.
func (n *Names) of(s *Store, taken func(name string) bool) string {
	for _, r := range n.Record.Registries {
		if sameSource(r.Source, s.Source) || r.Source == (crate.SourceID{}) && r.Name == s.Folder && isUnknown(s) {
			return r.Name
		}
	}
	for _, name := range n.candidates(s) {
		if isName(name) && !taken(name) && n.Record.find(name) == nil {
			return name
		}
	}
	return ""
}

// isUnknown reports whether nobody knew which registry a store is of when a mirror gave it
// the name of its folder.
func isUnknown(s *Store) bool {
	return s.Source == (crate.SourceID{}) || home.IsFolderOf(s.Folder, s.Source)
}

// candidates are the names that a registry could have, the best first: what cargo's
// configuration calls it, what another mirror does, and what its folders are called.
func (n *Names) candidates(s *Store) (names []string) {
	if s.Source.IsCratesIO() {
		return []string{cratesIO}
	}
	names = append(names, n.ConfiguredAs(s.Source))
	if !home.IsFolderName(s.Folder) {
		names = append(names, s.Folder)
	}
	folder := s.Folder
	if s.Source != (crate.SourceID{}) {
		folder, _ = home.Ident(s.Source)
	}
	folder = strings.Map(func(r rune) rune {
		if strings.ContainsRune(nameLetters, r) {
			return r
		}
		return '-'
	}, folder)
	names = append(names, folder, "registry"+folder)
	return slices.DeleteFunc(names, func(name string) bool { return name == cratesIO })
}

// ConfiguredAs returns what cargo's configuration calls a registry, "" if it does not know
// it, or the registry is crates.io.
func (n *Names) ConfiguredAs(src crate.SourceID) string {
	for _, name := range slices.Sorted(maps.Keys(n.Configured)) {
		if !src.IsCratesIO() && sameSource(n.Configured[name], src) {
			return name
		}
	}
	return ""
}

// sameSource: crates.io has two protocols. What is not known is nothing's.
func sameSource(a, b crate.SourceID) bool {
	if a == (crate.SourceID{}) || b == (crate.SourceID{}) {
		return false
	}
	return a.Key() == b.Key() || a.IsCratesIO() && b.IsCratesIO()
}
