package usage

import "slices"

// met is what lockfiles need of a home, as far as the home was walked.
type met struct {
	*Needs       // may be nil
	beside users // indexes that have an archive which is needed beside them
}

// meets takes note of an archive that is needed: an index beside it is, too, also if
// it is that of a registry which stands in for the lockfile's.
func (m *met) meets(i *Item) {
	if i.Kind == Archive {
		for _, lock := range m.of(i) {
			m.beside.add(i.Folder, lock)
		}
	}
}

func (m *met) of(i *Item) []int {
	if i.Kind == Index {
		return slices.Concat(m.Needs.of(i), m.beside[i.Folder])
	}
	return m.Needs.of(i)
}

// has reports whether an item is needed by any.
func (m *met) has(i *Item) bool { return len(m.of(i)) > 0 }

// by returns the lockfiles that need an item.
func (m *met) by(i *Item) (names []string) {
	for _, lock := range m.of(i) {
		names = append(names, m.locks[lock])
	}
	return names
}
