package bundle

import (
	"iter"
	"slices"
	"strings"
)

// depths are of how many names the path of a unit is that has more than one entry.
var depths = map[Kind]int{RepositoryEntry: 3, VendoredEntry: 3, IndexRepository: 4, SourceEntry: 4, CheckoutEntry: 4}

// Unit returns the path of what is put into a home as one, and is of use only whole: the entry
// itself, or the folder of a repository, of a package, or of a work tree that it lies in.
func (e *Entry) Unit() string {
	depth, ok := depths[e.Kind()]
	if !ok {
		return e.Path
	}
	end := 0
	for range depth {
		end += strings.IndexByte(e.Path[end:], '/') + 1
	}
	return e.Path[:end-1]
}

// Units returns the units of a manifest by their paths, each with its entries, which stand
// together.
func (m *Manifest) Units() iter.Seq2[string, []Entry] {
	return func(yield func(string, []Entry) bool) {
		for from := 0; from < len(m.Entries); {
			path := m.Entries[from].Unit()
			entries := m.unitAt(path, from)
			if !yield(path, entries) {
				return
			}
			from += len(entries)
		}
	}
}

// unitAt returns the entries of a unit, of which the first is at a place, if it is there.
func (m *Manifest) unitAt(path string, from int) []Entry {
	to := from
	for to < len(m.Entries) && m.Entries[to].Unit() == path {
		to++
	}
	return m.Entries[from:to:to]
}

// Hold marks what any of some bundles has, for whoever has all of those: the manifest
// becomes that of a delta. A unit is held as a whole, or not at all.
func (m *Manifest) Hold(since []*Manifest) {
	for _, old := range since {
		m.Since = append(m.Since, old.Sum.String())
		for path, entries := range m.Units() {
			from, _ := old.place(path)
			if !slices.EqualFunc(entries, old.unitAt(path, from), isSame) {
				continue
			}
			for i := range entries {
				entries[i].Held = true
			}
		}
	}
	slices.Sort(m.Since)
	m.Since = slices.Compact(m.Since)
}

// isSame reports whether two entries are the same in a home.
func isSame(a, b Entry) bool {
	return a.Path == b.Path && a.Sum == b.Sum && a.Link == b.Link && a.Executable == b.Executable
}
