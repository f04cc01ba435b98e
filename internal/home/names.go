package home

import (
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
)

// Paths of folders of a home, below it and '/'-separated (spec 1.2).
const (
	IndexPath     = "registry/index"     // an index for each registry
	CachePath     = "registry/cache"     // archives
	SrcPath       = "registry/src"       // what is unpacked of them
	DBPath        = object.DBPath        // bare repositories
	CheckoutsPath = gitsrc.CheckoutsPath // work trees of them
	BinPath       = "bin"                // what was installed, and rustup's proxies
	LastUsePath   = ".global-cache"      // the database of last uses (spec 11.1)
	OwnPath       = "cargohome"          // no Cargo's: what commands here note for themselves
)

// ParseStem reads NAME-VERSION, the name of a folder in registry/src. The ID has
// no source. The error matches [ErrNotArchive].
func ParseStem(stem string) (crate.ID, error) { return ParseArchive(stem + ".crate") }

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
