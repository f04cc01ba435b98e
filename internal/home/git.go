package home

import (
	"slices"

	"cargohome/crate"
	"cargohome/gitsrc"
)

// Git returns the home's git folder. It is the same one each time, and closed by
// [Home.Close].
func (h *Home) Git() *gitsrc.Folder { return h.git() }

// GitNames returns the names that Cargos give to the folders of a git source in
// git/db and git/checkouts, the most trusted first: by the current function, by
// that of Cargo up to 1.84, and each with the suffix of the unstable shallow
// repositories (spec 2.1).
func GitNames(src crate.SourceID) []string {
	const shallow = "-shallow"
	current, old := Ident(src)
	names := []string{current, old, current + shallow, old + shallow}
	return slices.DeleteFunc(names, func(name string) bool { return !isElement(name) })
}
