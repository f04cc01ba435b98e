package bundle

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
)

// Change is what is other in one bundle than in another, in words.
type Change struct {
	What string `json:"what"`           // a package, a repository by its URL, a path, or the checksum of one
	From string `json:"from,omitempty"` // versions, commits or a checksum, "" if it was not there
	To   string `json:"to,omitempty"`   // likewise, "" if it is not there any more
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

// Diff returns what changed from one bundle to another: packages of registries by name, those
// that are left out, then repositories by URL, then other files by path. Index entries and
// repositories are there only if nothing of that says why they are other.
func Diff(from, to *Manifest) []Change {
	d := &diff{}
	went, came := archives(from, to)
	d.compare("crate ", went, came, crate.CompareVersions)
	d.compare("left out crate ", from.leftOut(), to.leftOut(), crate.CompareVersions)
	d.compare("repository ", from.commits(), to.commits(), strings.Compare)
	slices.SortFunc(d.changed, unit.compare)
	d.compareFiles(from.Entries, to.Entries)
	return d.changes
}

// part is one of what goes by a name.
type part struct {
	name, source string          // source "" is that of crates.io, or of no registry
	text         string          // a version, or a commit
	sum          *crate.Checksum // of an archive; nil for none
	folder       string          // of a registry or repository
}

// String is what may be shown.
func (p part) String() string {
	if p.source == "" {
		return crate.Redact(p.name)
	}
	return p.name + " (" + crate.Redact(p.source) + ")"
}

// compareNames orders parts by what they go by.
func (p part) compareNames(q part) int {
	return cmp.Or(strings.Compare(p.name, q.name), strings.Compare(p.source, q.source))
}

// unit is the repository, or the index entry of a crate, that is other if a part of it is.
type unit struct{ folder, crate string }

func (u unit) compare(v unit) int {
	return cmp.Or(strings.Compare(u.folder, v.folder), strings.Compare(u.crate, v.crate))
}

// nameOf is what a source is called behind a crate.
func nameOf(source string) string {
	if source == "registry+"+crate.CratesIOGit {
		return ""
	}
	return source
}

// archives returns the versions of packages in each of two bundles, but for those that both have.
func archives(from, to *Manifest) (went, came []part) {
	both(from.Entries, to.Entries, func(a, b Entry) int { return Compare(a.Path, b.Path) }, func(a, b *Entry) {
		e := cmp.Or(b, a)
		if e.Kind() != ArchiveEntry || a != nil && b != nil && a.Sum == b.Sum && from.Source(e.Folder()) == to.Source(e.Folder()) {
			return
		}
		went, came = from.addArchive(went, a), to.addArchive(came, b)
	})
	return went, came
}

// addArchive adds the version of a package, if there is one.
func (m *Manifest) addArchive(all []part, e *Entry) []part {
	if e == nil {
		return all
	}
	id, err := home.ParseArchive(path.Base(e.Path))
	if err != nil {
		return all
	}
	return append(all, part{id.Name, nameOf(m.Source(e.Folder())), id.Version, &e.Sum, e.Folder()})
}

// leftOut returns the versions of packages without an archive.
func (m *Manifest) leftOut() (all []part) {
	folders := map[string]string{} // by source
	for _, r := range m.Registries {
		folders[r.Source] = r.Name
	}
	for _, id := range m.LeftOut {
		name, version, source := CutLeftOut(id)
		all = append(all, part{name, nameOf(source), version, nil, folders[source]})
	}
	return all
}

// commits returns those of repositories.
func (m *Manifest) commits() (all []part) {
	for _, r := range m.Repositories {
		for _, commit := range r.Commits {
			all = append(all, part{cmp.Or(r.URL, r.Name), "", commit, nil, r.Name})
		}
	}
	return all
}

// diff is what was found so far.
type diff struct {
	changes []Change
	changed []unit // of parts
}

// compare compares parts of the same name.
func (d *diff) compare(what string, from, to []part, order func(a, b string) int) {
	slices.SortFunc(from, part.compareNames)
	slices.SortFunc(to, part.compareNames)
	for len(from)+len(to) > 0 {
		next := slices.Concat(from[:min(1, len(from))], to[:min(1, len(to))])
		first := slices.MinFunc(next, part.compareNames)
		a, b := ofName(from, first), ofName(to, first)
		d.compareParts(what, from[:a], to[:b], func(a, b part) int { return cmp.Or(order(a.text, b.text), strings.Compare(a.text, b.text)) })
		from, to = from[a:], to[b:]
	}
}

// ofName returns how many parts a list begins with that go by the same as another.
func ofName(list []part, as part) (n int) {
	for n < len(list) && list[n].compareNames(as) == 0 {
		n++
	}
	return n
}

// compareParts compares those of one name.
func (d *diff) compareParts(what string, from, to []part, order func(a, b part) int) {
	var went, came []string
	var sums []Change
	both(from, to, order, func(a, b *part) {
		switch {
		case b == nil:
			went = append(went, d.other(a))
		case a == nil:
			came = append(came, d.other(b))
		case a.sum != nil && *a.sum != *b.sum:
			sums = append(sums, Change{fmt.Sprintf("checksum of %s%s %s", what, b, d.other(b)), a.sum.String(), b.sum.String()})
		}
	})
	if len(went)+len(came) > 0 {
		name := slices.Concat(from, to)[0].String()
		d.changes = append(d.changes, Change{what + name, strings.Join(went, ", "), strings.Join(came, ", ")})
	}
	d.changes = append(d.changes, sums...)
}

// other notes that a part is only in one bundle, or another there, and returns its text.
func (d *diff) other(p *part) string {
	d.changed = append(d.changed, unit{p.folder, strings.ToLower(p.name)})
	return p.text
}

// both sorts two lists, and goes through them together.
func both[T any](from, to []T, order func(a, b T) int, each func(a, b *T)) {
	for _, list := range [][]T{from, to} {
		if !slices.IsSortedFunc(list, order) {
			slices.SortFunc(list, order)
		}
	}
	for i, j := 0, 0; i < len(from) || j < len(to); {
		switch {
		case j == len(to) || i < len(from) && order(from[i], to[j]) < 0:
			each(&from[i], nil)
			i++
		case i == len(from) || order(from[i], to[j]) > 0:
			each(nil, &to[j])
			j++
		default:
			each(&from[i], &to[j])
			i, j = i+1, j+1
		}
	}
}

// compareFiles compares what is no archive, unless it is known why it is other.
func (d *diff) compareFiles(from, to []Entry) {
	n := 0
	d.eachOther(from, to, func(*Entry, *Entry) { n++ })
	d.changes = slices.Grow(d.changes, n) // once, as there may be as many as there are files
	d.eachOther(from, to, func(a, b *Entry) {
		at := cmp.Or(b, a).Path
		c := Change{at, a.inWords(), b.inWords()}
		if c.From == c.To { // as far as is told
			c = Change{"checksum of " + at, a.Sum.String(), b.Sum.String()}
		}
		d.changes = append(d.changes, c)
	})
}

// eachOther calls each for what compareFiles tells.
func (d *diff) eachOther(from, to []Entry, each func(a, b *Entry)) {
	both(from, to, func(a, b Entry) int { return Compare(a.Path, b.Path) }, func(a, b *Entry) {
		e := cmp.Or(b, a)
		if a != nil && b != nil && isSame(*a, *b) || e.Kind() == ArchiveEntry || d.explains(e) {
			return
		}
		each(a, b)
	})
}

// explains reports whether an entry is of a unit of which it is known why it is other.
func (d *diff) explains(e *Entry) bool {
	of := unit{folder: e.Folder()}
	switch e.Kind() {
	case IndexEntry:
		of.crate = path.Base(e.Path)
		_, found := slices.BinarySearchFunc(d.changed, of, unit.compare)
		return found
	case RepositoryEntry, IndexRepository:
		at, _ := slices.BinarySearchFunc(d.changed, of, unit.compare)
		return at < len(d.changed) && d.changed[at].folder == of.folder
	}
	return false
}

// inWords says what an entry is, "" if it is not there.
func (e *Entry) inWords() string {
	switch {
	case e == nil:
		return ""
	case e.IsFolder():
		return "a folder"
	case e.Link != "":
		return "a link to " + e.Link
	case e.Executable:
		return e.Sum.String()[:12] + ", executable"
	}
	return e.Sum.String()[:12]
}
