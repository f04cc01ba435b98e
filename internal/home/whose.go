package home

import (
	"slices"

	"cargohome/crate"
)

// RegistryOf returns the registry that a folder of registry/cache is for: the first of
// those known whose packages some Cargo keeps in a folder of that name, or the one that
// the folder's index says it is of; see [Home.Owners]. It is zero if nothing tells.
func (h *Home) RegistryOf(registry string, known []crate.SourceID) crate.SourceID {
	for _, src := range known {
		if IsFolderOf(registry, src) || src.IsCratesIO() && hasCratesIOHost(registry) {
			return src
		}
	}
	for _, src := range h.mayIndex(registry) {
		if IsFolderOf(registry, src) {
			return src
		}
	}
	return crate.SourceID{}
}

// IsFolderOf reports whether some Cargo keeps packages of src in folders of that name.
func IsFolderOf(registry string, src crate.SourceID) bool {
	return slices.ContainsFunc(computedFolders(src), func(f folder) bool { return f.name == registry })
}
