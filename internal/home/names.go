package home

import (
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
)

// Paths of the folders that hold what Cargo keeps, below a home's own.
const (
	IndexPath     = "registry/index"
	CachePath     = "registry/cache"
	SrcPath       = "registry/src"
	DBPath        = "git/db"
	CheckoutsPath = "git/checkouts"
)

// ParseStem reads NAME-VERSION, the name of a folder in registry/src. The ID has
// no source. The error matches [ErrNotArchive].
func ParseStem(stem string) (crate.ID, error) { return idOfArchive(stem + ".crate") }

// IsFolderName reports whether Cargo could have given this name to a folder of a
// registry or repository: it ends in a hyphen and 16 hexadecimal digits, and then
// perhaps the suffix of the unstable shallow repositories (spec 2.1).
func IsFolderName(name string) bool {
	name = strings.TrimSuffix(name, "-shallow")
	i := strings.LastIndexByte(name, '-')
	return i >= 0 && len(name)-i-1 == 16 && strings.Trim(name[i+1:], "0123456789abcdef") == "" && name[0] != '.'
}

// IndexNames returns the folders of registry/index in which some Cargo, or
// [Home.Lookup], looks for packages of a registry.
func (h *Home) IndexNames(src crate.SourceID) (names []string) {
	r := h.registry(src)
	for _, x := range append(slices.Clone(r.indexes()), r.otherIndexes()...) {
		names = append(names, filepath.Base(x.Dir()))
	}
	return names
}

// ArchivePath is where the archive of a package is in a folder of registry/cache.
func (h *Home) ArchivePath(registry string, id crate.ID) string {
	return filepath.Join(h.cacheDir(registry), id.Stem()+".crate")
}
