package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
)

// Change is what is other in one bundle than in another, in words.
type Change struct {
	What string `json:"what"` // a package, a repository by its URL, or a path
	From string `json:"from"` // versions or commits, "" if it was not there
	To   string `json:"to"`   // likewise, "" if it is not there any more
}

// String is a sentence without a full stop.
func (c Change) String() string {
	switch {
	case c.From == "":
		return fmt.Sprintf("%s %s came", c.What, c.To)
	case c.To == "":
		return fmt.Sprintf("%s %s went", c.What, c.From)
	}
	return fmt.Sprintf("%s from %s to %s", c.What, c.From, c.To)
}

// Diff returns what changed from one bundle to another: packages of registries by name,
// then repositories by URL, then other files by path.
func Diff(from, to *Manifest) []Change {
	changes := compareSets("crate ", from.archives(), to.archives(), crate.CompareVersions)
	changes = append(changes, compareSets("repository ", from.commits(), to.commits(), strings.Compare)...)
	return append(changes, compareSets("", from.others(), to.others(), strings.Compare)...)
}

// archives returns the versions of each package, by its name and its registry.
func (m *Manifest) archives() map[string][]string {
	all := map[string][]string{}
	for i := range m.Entries {
		if e := &m.Entries[i]; e.Kind() == ArchiveEntry {
			name, version, _ := strings.Cut(e.Package, " ")
			if source := m.Source(e.Folder()); source != "registry+"+crate.CratesIOGit {
				name += " (" + source + ")"
			}
			all[name] = append(all[name], version)
		}
	}
	return all
}

// commits returns those of each repository, by its URL.
func (m *Manifest) commits() map[string][]string {
	all := map[string][]string{}
	for _, r := range m.Repositories {
		all[r.URL] = append(all[r.URL], r.Commits...)
	}
	return all
}

// others returns the checksums of lockfiles and what else is not of Cargo's making.
func (m *Manifest) others() map[string][]string {
	all := map[string][]string{}
	for i := range m.Entries {
		switch e := &m.Entries[i]; e.Kind() {
		case LockfileEntry, VendoredEntry, CheckoutEntry, SourceEntry:
			all[e.Path] = []string{e.Sum.String()[:12]}
		}
	}
	return all
}

// compareSets compares lists of the same name.
func compareSets(what string, from, to map[string][]string, compare func(a, b string) int) (changes []Change) {
	names := slices.AppendSeq(slices.Collect(maps.Keys(from)), maps.Keys(to))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		went, came := less(from[name], to[name], compare), less(to[name], from[name], compare)
		if len(went)+len(came) > 0 {
			changes = append(changes, Change{what + name, strings.Join(went, ", "), strings.Join(came, ", ")})
		}
	}
	return changes
}

// less returns what the one list has and the other has not, in order.
func less(list, without []string, compare func(a, b string) int) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(without, s) })
	slices.SortFunc(list, compare)
	return list
}
