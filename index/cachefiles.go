package index

import (
	"errors"
	"io/fs"
	"path"

	"cargohome/internal/fsx"
)

// CacheFolder is the folder of an index in which Cargo keeps what it read of it (spec 3.3).
const CacheFolder = ".cache"

// EachCacheFile calls do with the files that Cargo keeps of the index in dir, in no certain
// order: each with the open folder it lies in, and its path below [CacheFolder],
// '/'-separated. What lies deeper than entries do is passed over, and links are not
// followed. An index without any is none. The error is that of reading, or of do.
func EachCacheFile(dir string, do func(in fsx.Folder, path string) error) error {
	top, err := fsx.OpenFolder(dir)
	if err == nil {
		defer top.Close()
		err = eachCacheFile(top, CacheFolder, "", do)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// maxCacheDepth is how many folders there are above an entry: ab/cd.
const maxCacheDepth = 2

func eachCacheFile(above fsx.Folder, name, at string, do func(fsx.Folder, string) error) error {
	dir, err := above.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	for l, err := range dir.Names(make([]byte, 4<<10)) {
		if err != nil {
			return err
		}
		below := path.Join(at, l.Name)
		switch kind := dir.Type(l); {
		case kind == fs.ModeDir && depthOf(below) <= maxCacheDepth:
			err = eachCacheFile(dir, l.Name, below, do)
		case kind == 0:
			err = do(dir, below)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// depthOf counts the elements of a path.
func depthOf(p string) (n int) {
	for ; p != "."; n++ {
		p = path.Dir(p)
	}
	return n
}
