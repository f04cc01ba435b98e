package manifest

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"cargohome/internal/par"
)

// maxAhead bounds a manifest that is read ahead, in bytes: the TOML library may need a
// hundred times as much for each goroutine.
const maxAhead = 64 << 10

// ReadAhead reads manifests before anybody asks for them, on up to jobs goroutines. That is
// most of the work of finding packages, and it does not matter in which order it is done.
// dirs are the folders of the tree that have one; of those only the ones that the walk of
// [Tree.Find] comes to are read. What is found later is the same as without.
func (t *Tree) ReadAhead(ctx context.Context, jobs int, dirs []string) {
	dirs = slices.DeleteFunc(slices.Clone(dirs), passedBy)
	dirs = dirs[:min(len(dirs), maxManifests)]
	sources := make([]*source, len(dirs))
	var total atomic.Int64
	par.Each(ctx, jobs, len(dirs), func(i int) error {
		if total.Load() > maxTotal {
			return nil
		}
		file := t.site.Manifest(dirs[i])
		text, err := readText(t.site, file)
		if total.Add(int64(len(text))); len(text) <= maxAhead {
			sources[i] = t.newSource(file, text, err)
		}
		return nil
	})
	t.ahead = map[string]*source{}
	for i, s := range sources {
		if s != nil {
			t.ahead[dirs[i]] = s
		}
	}
}

// passedBy reports whether the walk does not come to a folder, or may not.
func passedBy(dir string) bool {
	return dir != "." && slices.ContainsFunc(strings.Split(dir, "/"), func(name string) bool {
		return name == "target" || strings.HasPrefix(name, ".")
	})
}
