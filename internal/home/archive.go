package home

import (
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"cargohome/crate"
)

// Archive is a place where a package's .crate file lies. That it holds what it
// should is for a checksum to say.
type Archive struct {
	Path     string // absolute, if the home is
	Size     int64  // in bytes; Cargo takes an empty one as not downloaded
	Registry string // the folder of registry/cache, "" in a local registry

	// Trusted says that the archive lies where the package's source puts it.
	// Without it the archive was found by its own name under another registry:
	// it is of use only if a checksum vouches for it.
	Trusted bool
}

// ErrNotRegular is matched by the error for an archive that is not a regular
// file, nor a symbolic link to one. Such are not opened.
var ErrNotRegular = errors.New("not a regular file")

// Archives yields the places where the archive of a package of a registry lies,
// the most trusted first; see [Archive]. Places are looked at as the loop
// proceeds, so a caller content with the first pays for no more. With an error,
// which is about one place, only the fields Path, Registry and Trusted are set,
// and the loop goes on. Sources other than registries have no archives.
func (h *Home) Archives(id crate.ID) iter.Seq2[Archive, error] {
	return func(yield func(Archive, error) bool) {
		file, err := archiveName(id)
		if err != nil {
			yield(Archive{}, err)
			return
		}
		r := h.registry(registrySource(id))
		for _, name := range r.caches() {
			if !r.yieldArchive(name, file, true, yield) {
				return
			}
		}
		if len(r.computed) == 0 {
			return
		}
		for name := range r.otherCaches() {
			if !r.yieldArchive(name, file, false, yield) {
				return
			}
		}
	}
}

// registrySource is id's source, the same value for all that share folders.
func registrySource(id crate.ID) crate.SourceID {
	if id.Source.IsRegistry() {
		return id.Source
	}
	return crate.SourceID{}
}

// archiveName returns the name of a package's archive. Name and version are
// checked here because an ID can be made without.
func archiveName(id crate.ID) (string, error) {
	if _, err := crate.NewID(id.Name, id.Version, id.Source); err != nil {
		return "", err
	}
	return id.Stem() + ".crate", nil
}

func (r *registry) yieldArchive(name, file string, trusted bool, yield func(Archive, error) bool) bool {
	a := Archive{Path: filepath.Join(r.home.cacheDir(name), file), Registry: name, Trusted: trusted}
	return statArchive(a, yield)
}

// statArchive yields a if there is something at its path.
func statArchive(a Archive, yield func(Archive, error) bool) bool {
	var err error
	a.Size, err = sizeOfArchive(a.Path)
	return errors.Is(err, fs.ErrNotExist) || yield(a, err)
}

// sizeOfArchive returns the size of a regular file in bytes.
func sizeOfArchive(path string) (int64, error) {
	fi, err := os.Stat(path)
	switch {
	case err != nil:
		return 0, err
	case !fi.Mode().IsRegular():
		return 0, &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	}
	return fi.Size(), nil
}
