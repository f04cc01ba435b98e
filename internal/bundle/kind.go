package bundle

import (
	"strings"

	"cargohome/internal/home"
)

// Kind is what an entry is to Cargo.
type Kind string

// The kinds of entries.
const (
	LockfileEntry   Kind = "lockfile"
	VendoredEntry   Kind = "vendored"         // a file of a vendor folder
	CheckoutEntry   Kind = "checkout"         // a part of a work tree
	RepositoryEntry Kind = "repository"       // a part of a repository in git/db
	ArchiveEntry    Kind = "archive"          // a .crate file
	IndexEntry      Kind = "index entry"      // what a sparse registry says of a crate
	IndexConfig     Kind = "index config"     // the config.json of one
	IndexRepository Kind = "index repository" // a part of an index in git
	SourceEntry     Kind = "source"           // a part of an unpacked archive
)

// Kind returns what the entry is, by its path.
func (e *Entry) Kind() Kind {
	for _, area := range []struct {
		dir  string
		kind Kind
	}{
		{home.CachePath, ArchiveEntry}, {home.SrcPath, SourceEntry}, {home.DBPath, RepositoryEntry}, {home.CheckoutsPath, CheckoutEntry},
		{VendorPath, VendoredEntry}, {LockfilesPath, LockfileEntry},
	} {
		if strings.HasPrefix(e.Path, area.dir+"/") {
			return area.kind
		}
	}
	switch parts := strings.SplitN(e.Path, "/", 5); parts[3] {
	case ".cache":
		return IndexEntry
	case ".git":
		return IndexRepository
	}
	return IndexConfig
}

// Folder returns the folder of a registry or repository that the entry belongs to, "" if
// it belongs to none.
func (e *Entry) Folder() string {
	if k := e.Kind(); k == LockfileEntry || k == VendoredEntry {
		return ""
	}
	return strings.SplitN(e.Path, "/", 4)[2]
}
