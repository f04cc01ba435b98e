package whose

import (
	"fmt"

	"cargohome/internal/home"
	"cargohome/internal/usage"
)

// Cargo is some Cargo that used the home, as far as it can be told which.
type Cargo struct {
	Version string // of those that it may be, such as "before 1.85"
	Sign    string // by which it is told
	Count   int    // of what has the sign, 0 if that is the home
}

// signs are what tells Cargos apart, besides folders.
type signs struct {
	marks  map[string]int
	abbrev int // checkouts with more or fewer digits than need be
}

func (s *signs) mark(mark string) {
	if s.marks == nil {
		s.marks = map[string]int{}
	}
	s.marks[mark]++
}

// short: a name of seven digits says nothing.
func (l *looker) short(i *usage.Item) {
	if len(i.Name) != 7 && !l.home.Git().CalledAsNeeded(i.Folder, i.Name) {
		l.signs.abbrev++
	}
}

// cargos says which used the home, the newest first.
func (l *looker) cargos(folders []*Folder) (found []Cargo) {
	called := func(g home.Generation) int {
		return count(folders, func(f *Folder) bool { return f.Generation == g })
	}
	indexes := func(is func(*Index) bool) int {
		return count(folders, func(f *Folder) bool { return f.Index != nil && is(f.Index) })
	}
	version := l.opts.Uses.Version()
	for _, c := range []Cargo{
		{"1.94 and newer", "checkouts have submodules that are marked, from git/db", l.signs.marks[Submodules]},
		{"1.85 and newer", "folders have names by its hash", called(home.Current)},
		{"1.78 and newer", fmt.Sprintf("it notes when things are used, in %s of version %d", home.LastUsePath, version), min(version, 1)},
		{"1.71 and newer", `sources are marked {"v":1}`, l.signs.marks[V1]},
		{"1.68 and newer", "indexes are sparse", indexes(func(x *Index) bool { return x.Protocol == "sparse" })},
		{"nightlies of 2023", "folders have names by its hash", called(home.Nightly)},
		{"before 1.99", "checkouts have names by core.abbrev of the user's git", l.signs.abbrev},
		{"before 1.94", "checkouts have submodules that only they hold", l.signs.marks[Held]},
		{"before 1.85", "folders have names by its hash", called(home.Old)},
		{"before 1.72", "indexes are marked .last-updated", indexes(func(x *Index) bool { return x.lastUpdated })},
		{"before 1.71", "sources are marked ok", l.signs.marks[OK]},
	} {
		if c.Count > 0 {
			found = append(found, c)
		}
	}
	return found
}

func count(folders []*Folder, is func(*Folder) bool) (n int) {
	for _, f := range folders {
		if is(f) {
			n++
		}
	}
	return n
}
