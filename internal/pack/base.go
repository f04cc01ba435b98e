package pack

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
)

// older are the versions of crates that the receiver of a delta has, by folder and name, in
// order.
type older struct {
	versions map[string][]*bundle.Entry
	shelves  []*bundle.Shelf // that may have them
}

func olderOf(since []*bundle.Manifest, shelves []*bundle.Shelf) older {
	all := map[string][]*bundle.Entry{}
	for _, m := range since {
		for i := range m.Entries {
			if e := &m.Entries[i]; e.Kind() == bundle.ArchiveEntry {
				all[crateOf(e)] = append(all[crateOf(e)], e)
			}
		}
	}
	for name, list := range all {
		slices.SortStableFunc(list, func(a, b *bundle.Entry) int { return crate.CompareVersions(versionOf(a), versionOf(b)) })
		all[name] = slices.CompactFunc(list, func(a, b *bundle.Entry) bool { return versionOf(a) == versionOf(b) }) // the first bundle's
	}
	return older{all, shelves}
}

// crateOf is what all versions of a crate have in common.
func crateOf(e *bundle.Entry) string {
	name, _, _ := strings.Cut(e.Package, " ")
	return e.Folder() + "/" + name
}

func versionOf(e *bundle.Entry) string {
	_, version, _ := strings.Cut(e.Package, " ")
	return version
}

// base returns the version that comes next below that of an archive, or else next above, if
// the home has it where it has the archive, or else one of the bundles in which it is held.
func (o older) base(ctx context.Context, it *item) *bundle.Base {
	list := o.versions[crateOf(&it.Entry)]
	if len(list) == 0 {
		return nil
	}
	above, _ := slices.BinarySearchFunc(list, versionOf(&it.Entry), func(e *bundle.Entry, version string) int {
		return crate.CompareVersions(versionOf(e), version)
	})
	best := list[max(0, above-1)]
	name := path.Base(best.Path)
	file := filepath.Join(filepath.Dir(it.file), name)
	return &bundle.Base{Name: name, Sum: best.Sum, Open: func() (io.ReadCloser, error) {
		if found, _, err := fsx.OpenRegular(file); err == nil {
			return found, nil
		}
		return o.shelved(ctx, best)
	}}
}

// shelved makes an archive of what a bundle has of it, in memory.
func (o older) shelved(ctx context.Context, e *bundle.Entry) (io.ReadCloser, error) {
	if e.Size > maxShelved {
		return nil, bundle.ErrLimit
	}
	var b bytes.Buffer
	for _, s := range o.shelves {
		b.Reset()
		errs := s.Take(ctx, []string{e.Path}, func(_ *bundle.Entry, write func(io.Writer) error) error { return write(&b) })
		if errs[0] == nil {
			return io.NopCloser(&b), nil
		}
	}
	return nil, fs.ErrNotExist
}

const maxShelved = 32 << 20 // bytes of an archive
