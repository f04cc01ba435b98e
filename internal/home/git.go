package home

import (
	"cargohome/crate"
	"cargohome/gitsrc"
)

// Git returns the home's git folder. It is the same one each time, and closed by
// [Home.Close].
func (h *Home) Git() *gitsrc.Folder { return h.git() }

// GitNames returns the names that Cargos give to the folders of a git source in
// git/db and git/checkouts, the most trusted first.
func GitNames(src crate.SourceID) (names []string) {
	for _, o := range ownedBy(src) {
		names = append(names, o.Name)
	}
	return names
}
