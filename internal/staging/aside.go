package staging

import (
	"os"
	"path/filepath"
)

// Aside returns the paths of what was removed and replaced so far, for those who want
// to delete it by [RemoveAll] on many goroutines before Close does it on one. Undo is
// not possible from then on.
func (d *Dir) Aside() (paths []string) {
	entries, _ := os.ReadDir(d.old())
	for _, e := range entries {
		paths = append(paths, filepath.Join(d.old(), e.Name()))
	}
	return paths
}
