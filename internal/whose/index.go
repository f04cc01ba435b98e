package whose

import (
	"encoding/binary"
	"errors"
	"path"
	"path/filepath"
	"slices"

	"cargohome/index"
	"cargohome/internal/fsx"
)

// Index is how an index is kept.
type Index struct {
	Protocol string // "sparse" or "git", "" if there is neither's sign
	Cache    []int  // the versions of the format of its .cache files, in order
	Schema   []int  // the versions of what they hold: the lines of the index

	lastUpdated bool // it has the mark of a fetch that Cargos before 1.72 leave
}

const (
	maxCacheFiles = 1000 // whose heads are read; the rest is taken to be as they are
	cacheHead     = 5    // bytes: the version of the format, that of the schema (spec 3.4)
)

func lookAtIndex(home, at string) *Index {
	dir := filepath.Join(home, filepath.FromSlash(at))
	x := &Index{}
	has := func(name string) bool {
		_, err := fsx.Lstat(filepath.Join(dir, name))
		return err == nil
	}
	switch {
	case has(".git"):
		x.Protocol = "git"
	case has("config.json"):
		x.Protocol = "sparse"
	}
	x.lastUpdated = has(".last-updated")
	left := maxCacheFiles
	_ = index.EachCacheFile(dir, func(in fsx.Folder, at string) error { // what cannot be read says nothing
		if left--; left < 0 {
			return errEnough
		}
		x.file(in, path.Base(at))
		return nil
	})
	slices.Sort(x.Cache)
	slices.Sort(x.Schema)
	return x
}

var errEnough = errors.New("enough is known")

func (x *Index) file(dir fsx.Folder, name string) {
	f, err := dir.OpenToRead(name)
	if err != nil {
		return
	}
	defer f.Close()
	var head [cacheHead]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return
	}
	add := func(list *[]int, version int) {
		if !slices.Contains(*list, version) {
			*list = append(*list, version)
		}
	}
	add(&x.Cache, int(head[0]))
	add(&x.Schema, int(binary.LittleEndian.Uint32(head[1:])))
}
