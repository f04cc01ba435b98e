package unpack

import (
	"path"
	"slices"
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
func (u *Unit) held() bool {
	return !slices.ContainsFunc(u.entries, func(e bundle.Entry) bool { return !e.Held })
}

// base is the path of the archive of which that of the unit is made, "" if it is made of none.
func (u *Unit) base() string {
	if c := u.entries[0].Content; c != nil && c.Base != "" {
		return path.Join(path.Dir(u.Path), c.Base)
	}
	return ""
}

// folder is the NAME that it is in.
func (u *Unit) folder() string { return strings.Split(u.Path, "/")[2] }

// units are those of a manifest.
func units(m *bundle.Manifest) []Unit {
	n := 0
	for range m.Units() {
		n++
	}
	all := make([]Unit, 0, n)
	for at, entries := range m.Units() {
		u := Unit{Kind: entries[0].Kind(), Path: at, Package: entries[0].Package, entries: entries}
		for i := range entries {
			u.Bytes += entries[i].Size
		}
		all = append(all, u)
	}
	return all
}
