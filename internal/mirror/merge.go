package mirror

import (
	"cmp"
	"fmt"
	"slices"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/registry"
)

// version is what a line of an entry file is about.
type version struct{ name, version string }

// lines are those of an entry file.
type lines map[version]index.Entry

func linesOf(text []byte) lines {
	all := lines{}
	for _, e := range registry.EntriesOf(text) {
		all[version{e.Name, e.Version}] = e
	}
	return all
}

// merge returns the lines that an entry file is to have which has changed, by others, from
// what it was when it was decided what we want. What we do not want goes, unless others
// have written it since; of a version that both have written theirs counts.
func merge(base, now, want lines) (lines, error) {
	merged := lines{}
	for v, e := range now {
		if old, was := base[v]; !was || old.Line != e.Line {
			merged[v] = e
		}
	}
	for v, e := range want {
		theirs, there := merged[v]
		switch {
		case !there:
			merged[v] = e
		case theirs.Checksum != e.Checksum:
			return nil, fmt.Errorf("%s v%s: another run has mirrored it meanwhile, with checksum %s in place of %s", v.name, v.version, theirs.Checksum, e.Checksum)
		}
	}
	return merged, nil
}

// text is the entry file, in Cargo's order of ids.
func (l lines) text() (text []byte) {
	all := make([]index.Entry, 0, len(l))
	for _, e := range l {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b index.Entry) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), crate.CompareVersions(a.Version, b.Version))
	})
	for _, e := range all {
		text = append(append(text, e.Line...), '\n')
	}
	return text
}
