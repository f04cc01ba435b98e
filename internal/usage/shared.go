package usage

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// sharable are the folders that people put into several homes.
var sharable = []string{"registry", home.IndexPath, home.CachePath, home.SrcPath, "git", home.DBPath, home.CheckoutsPath}

// MountedParts returns what is mounted in the home in dir for what cargo fetches, and so
// may be part of another one as well: relative, in order.
func MountedParts(dir string) (parts []string) {
	for _, point := range mountsBelow(dir) {
		if top, _, _ := strings.Cut(point, "/"); top == "registry" || top == "git" {
			parts = append(parts, point)
		}
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// LinkedParts returns the folders of the home in dir that are links to elsewhere, which
// nothing is removed from: relative, in order.
func LinkedParts(dir string) (parts []string) {
	for _, name := range sharable {
		if info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil && fsx.IsLink(info.Mode()) {
			parts = append(parts, name)
		}
	}
	slices.Sort(parts)
	return parts
}
