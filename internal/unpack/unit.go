package unpack

import (
	"path"
	"strings"

	"cargohome/internal/bundle"
)

// Action says what becomes of a unit.
type Action string

// The actions.
const (
	Added    Action = "added"
	Merged   Action = "merged"   // with what was there
	Replaced Action = "replaced" // what was there and is not what it should be
	Kept     Action = "kept"     // it was there
	Rebuilt  Action = "rebuilt"  // from what the bundle has besides; see [Rebuild]
	Lacking  Action = "lacking"  // a delta counts on it, and it is not there
)

// Unit is what is put into place as one.
type Unit struct {
	Kind    bundle.Kind // of its entries
	Path    string      // below the home, '/'-separated
	Package string      // that it is of; see [bundle.Entry]
	Bytes   int64       // of its files
	Action  Action      // what becomes of it

	entries  []bundle.Entry // of the manifest, in its order
	above    string         // the innermost folder around its place that is there, below the home
	stagedIn string         // the folder in which it is staged, if it is
}

// held reports whether the bundle is a delta, and counts on the home to have the unit.
func (u *Unit) held() bool { return u.entries[0].Held }

// base is the path of the archive of which that of the unit is made, "" if it is made of none.
func (u *Unit) base() string {
	if c := u.entries[0].Content; c != nil && c.Base != "" {
		return path.Join(path.Dir(u.Path), c.Base)
	}
	return ""
}

// folder is the NAME that it is in.
func (u *Unit) folder() string { return strings.Split(u.Path, "/")[2] }

// units groups a manifest's entries, which are sorted so that those of one stand together.
func units(m *bundle.Manifest) []Unit {
	n, last := 0, ""
	for i := range m.Entries {
		if at := unitOf(&m.Entries[i]); at != last {
			n, last = n+1, at
		}
	}
	all := make([]Unit, 0, n)
	for i := range m.Entries {
		e := &m.Entries[i]
		at := unitOf(e)
		if n := len(all) - 1; n < 0 || all[n].Path != at {
			all = append(all, Unit{Kind: e.Kind(), Path: at, Package: e.Package, entries: m.Entries[i:i]})
		}
		u := &all[len(all)-1]
		u.entries = u.entries[:len(u.entries)+1]
		u.Bytes += e.Size
	}
	return all
}

// depths are of how many names the path of a unit is that has more than one entry.
var depths = map[bundle.Kind]int{
	bundle.RepositoryEntry: 3, bundle.VendoredEntry: 3, bundle.IndexRepository: 4, bundle.SourceEntry: 4, bundle.CheckoutEntry: 4,
}

// unitOf returns the path of the unit that an entry belongs to.
func unitOf(e *bundle.Entry) string {
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
