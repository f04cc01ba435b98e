package whose

import (
	"maps"
	"path"
	"slices"
	"strings"

	"cargohome/internal/home"
)

// finish puts the folders in order, and says what lies under the names of several
// generations.
func (l *looker) finish() []*Folder {
	folders := slices.SortedFunc(maps.Values(l.folders), func(a, b *Folder) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range folders {
		l.compare(f)
	}
	return folders
}

// compare finds the folders beside f that are of the same source.
func (l *looker) compare(f *Folder) {
	owned := l.owner(f.Kind, path.Base(f.Path))
	for _, g := range []home.Generation{home.Current, home.Old, home.Nightly} {
		name := owned.In(g)
		other := path.Join(path.Dir(f.Path), name)
		if name != "" && g != f.Generation && l.folders[other] != nil {
			f.Others = append(f.Others, other)
		}
	}
	for name := range l.names[f.Path] {
		if slices.ContainsFunc(f.Others, func(other string) bool { return l.names[other][name] }) {
			f.Also++
		}
	}
}
