package usage

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cargohome/internal/fsx"
)

// splitIndexes replaces the removal of an index that is needed by those of its cached
// entries that are not. An index in git keeps all: its cache is made from it.
func (p *planner) splitIndexes(list []*Removal) (split []*Removal, err error) {
	for _, r := range list {
		switch {
		case r.Kind != Index || r.by != "" || !p.keep.has(r.Item):
			split = append(split, r)
		case r.Item.err != nil || !p.lacks(r.Path(), ".git"):
		default:
			entries, err := p.entries(r)
			if err != nil {
				return nil, err
			}
			split = append(split, entries...)
		}
	}
	return split, nil
}

// lacks reports whether it is certain that nothing is at rel in a folder.
func (p *planner) lacks(folder, rel string) bool {
	found, _ := fsx.Look(p.path(folder), rel)
	return found == fsx.NotThere
}

// cacheName is the folder of an index in which Cargo keeps entries (spec 3.3).
const cacheName = ".cache"

// entries returns the removals of the entries of an index that no lockfile needs.
func (p *planner) entries(index *Removal) (list []*Removal, err error) {
	dir, err := fsx.OpenFolder(p.path(index.Path()))
	if err == nil {
		defer dir.Close()
		var cache fsx.Folder
		if cache, err = dir.Open(cacheName); err == nil {
			defer cache.Close()
			err = p.entriesIn(cache, "", index, &list)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return list, err
}

// entriesIn goes down three folders at most: ab/cd/abcd.
func (p *planner) entriesIn(dir fsx.Folder, at string, index *Removal, list *[]*Removal) error {
	var inner []entry
	err := read(dir, func(e entry) error {
		rel := path.Join(at, e.name)
		switch {
		case e.Mode.IsDir():
			inner = append(inner, e)
		case e.Mode.IsRegular() && !p.keep.entries[rel]:
			t := &extent{}
			t.count(e)
			item := &Item{Kind: Index, Folder: index.Folder, Name: cacheName + "/" + rel, Size: t.size, links: t.links, Used: index.Used}
			*list = append(*list, &Removal{Item: item, Reason: index.Reason, Last: index.Last, From: index.From})
		}
		return nil
	})
	slices.SortFunc(inner, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	for _, e := range inner {
		if err == nil && strings.Count(at, "/") < 1 {
			err = p.enter(dir, path.Join(at, e.name), e, index, list)
		}
	}
	return err
}

func (p *planner) enter(dir fsx.Folder, at string, e entry, index *Removal, list *[]*Removal) error {
	sub, err := dir.Open(e.name)
	if err != nil {
		return err
	}
	defer sub.Close()
	return p.entriesIn(sub, at, index, list)
}
