package home

import (
	"slices"

	"cargohome/crate"
	"cargohome/gitsrc/object"
)

// RegistryOf returns the registry that a folder of registry/cache is for: the first of
// those known whose packages some Cargo keeps in a folder of that name, or the one that
// the folder's index in git says it was fetched from. It is zero if nothing tells: what
// Cargo keeps of a sparse index does not say where it came from.
func (h *Home) RegistryOf(registry string, known []crate.SourceID) crate.SourceID {
	for _, src := range known {
		if IsFolderOf(registry, src) || src.IsCratesIO() && hasCratesIOHost(registry) {
			return src
		}
	}
	for _, url := range object.Remotes(h.indexDir(registry)) {
		if src, err := crate.NewRegistrySource(url); err == nil && IsFolderOf(registry, src) {
			return src
		}
	}
	return crate.SourceID{}
}

// IsFolderOf reports whether some Cargo keeps packages of src in folders of that name.
func IsFolderOf(registry string, src crate.SourceID) bool {
	return slices.ContainsFunc(computedFolders(src), func(f folder) bool { return f.name == registry })
}
