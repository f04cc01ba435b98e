package home

import (
	"iter"
	"path/filepath"

	"cargohome/crate"
	"cargohome/index"
)

// LocalRegistry is a folder of archives with an index of them (spec 9), which
// stands in for a registry. It is safe for concurrent use.
//
//	DIR/index/<path>             entry files
//	DIR/<name>-<version>.crate   archives
type LocalRegistry struct {
	dir   string
	index *index.Index
}

// NewLocalRegistry returns the local registry in dir. It reads nothing.
func NewLocalRegistry(dir string) *LocalRegistry {
	return &LocalRegistry{dir, index.Local(dir)}
}

// Dir returns the folder of the registry.
func (l *LocalRegistry) Dir() string { return l.dir }

// Archives yields the one place where the archive of a package can lie, if it
// does, or the error of looking. The source of id is not considered: it is the
// one this registry stands in for.
func (l *LocalRegistry) Archives(id crate.ID) iter.Seq2[Archive, error] {
	return func(yield func(Archive, error) bool) {
		file, err := archiveName(id)
		if err != nil {
			yield(Archive{}, err)
			return
		}
		statArchive(Archive{Path: filepath.Join(l.dir, file), Trusted: true}, yield)
	}
}

// Lookup returns the index entry of a package. The error is a [*NoIndexError] if
// DIR/index is not there, else an [*index.LookupError].
func (l *LocalRegistry) Lookup(id crate.ID) (index.Entry, error) {
	return lookup([]*index.Index{l.index}, id, &NoIndexError{crate.NewLocalRegistrySource(l.dir)})
}
