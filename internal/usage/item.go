package usage

import (
	"cmp"
	"path"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
)

// Kind is a kind of things in a Cargo home.
type Kind string

// The kinds of items, which can be removed one by one, and of all else.
const (
	Source   Kind = "source"   // a folder in registry/src
	Checkout Kind = "checkout" // a folder in git/checkouts/NAME
	Archive  Kind = "archive"  // a file in registry/cache
	Index    Kind = "index"    // a folder in registry/index, or a file of its cache
	Database Kind = "database" // a bare repository in git/db
	Build    Kind = "build"    // a folder that Cargo builds in
	Leftover Kind = "leftover" // a temporary folder of a run of ours that was killed

	binaries Kind = "binaries" // bin
	own      Kind = "own"      // what Cargo and rustup keep besides; never touched
	stranger Kind = "other"    // not Cargo's; never touched
)

// Kinds are those of items, in the order in which people are told of them.
var Kinds = []Kind{Source, Checkout, Archive, Index, Database, Build, Leftover}

// Rebuildable reports whether things of a kind can be had again without a network.
func (k Kind) Rebuildable() bool { return k == Source || k == Checkout || k == Build || k == Leftover }

// Item is something that can be removed.
type Item struct {
	Kind   Kind   // of a thing that can be removed
	Folder string // NAME, of a registry or a repository
	Name   string // below that, "" for the whole
	Size   Size   // files with several names not counted
	Used   int64  // in Unix seconds, as far as files tell

	id    crate.ID // of a source or an archive
	links []link
	err   error // why it is not to be touched, or is not known whole
}

var kindPaths = map[Kind]string{
	Source: home.SrcPath, Checkout: home.CheckoutsPath, Archive: home.CachePath, Index: home.IndexPath, Database: home.DBPath,
}

// Path is where the item is, below the home, '/'-separated.
func (i *Item) Path() string { return path.Join(kindPaths[i.Kind], i.Folder, i.Name) }

// madeFrom is where the archive is that a source is unpacked from, or the repository of
// a checkout; of those it is where they are themselves.
func (i *Item) madeFrom() string {
	if i.Kind == Source || i.Kind == Archive {
		return path.Join(home.CachePath, i.Folder, i.id.Stem())
	}
	return path.Join(home.DBPath, i.Folder)
}

// compare orders items by their paths, without making those: there may be many.
func (i *Item) compare(o *Item) int {
	return cmp.Or(strings.Compare(kindPaths[i.Kind], kindPaths[o.Kind]), strings.Compare(i.Folder, o.Folder), strings.Compare(i.Name, o.Name))
}

// Whole is the item's size with the files that have other names too.
func (i *Item) Whole() Size {
	size := i.Size
	for _, l := range i.links {
		size.add(l.size)
	}
	return size
}

// Stranger is something in the home that is not Cargo's.
type Stranger struct {
	Path string `json:"path"` // below the home
	Size
	Why string `json:"why,omitempty"` // what is strange, where Cargo's own is expected
}

// Problem says what could not be looked at.
type Problem struct {
	Path string // below the home
	Err  error  // why not
}

func (p Problem) Error() string { return p.Path + ": " + p.Err.Error() }
func (p Problem) Unwrap() error { return p.Err }
