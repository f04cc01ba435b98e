package object

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// Link makes all objects of a repository, borrowed ones included, objects
// of the repository whose folder of objects is dir, as `git clone --local` does.
func (db *DB) Link(to *staging.Writer, dir string) error {
	for _, from := range db.dirs {
		if err := from.linkPacks(to, dir); err != nil {
			return err
		}
		if err := from.linkLoose(to, dir); err != nil {
			return err
		}
	}
	return nil
}

func (d *objectDir) linkPacks(to *staging.Writer, dir string) error {
	for _, p := range d.packs {
		for _, ext := range []string{".pack", ".idx"} { // the index last: it makes a pack one
			err := d.link(p.name+ext, to, dir)
			if errors.Is(err, fs.ErrNotExist) {
				break // an index whose pack is gone
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// linkLoose links ab/cdef…, for all names that can be those of objects.
func (d *objectDir) linkLoose(to *staging.Writer, dir string) error {
	return d.eachLoose(func(folder, file string) error { return d.link(folder+"/"+file, to, dir) })
}

// eachLoose calls each with ab and cdef… of all regular files that can be objects.
func (d *objectDir) eachLoose(each func(folder, file string) error) error {
	folders, err := fsx.ReadDirIn(d.root, ".")
	if err != nil {
		return err
	}
	for _, f := range folders {
		if len(f.Name()) != 2 || !isHex(f.Name()) || !f.IsDir() {
			continue
		}
		if err := d.eachLooseIn(f.Name(), each); err != nil {
			return err
		}
	}
	return nil
}

func (d *objectDir) eachLooseIn(folder string, each func(folder, file string) error) error {
	files, err := fsx.ReadDirIn(d.root, folder)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !isHex(f.Name()) || len(f.Name()) != 2*plumbingHashSize-2 || !f.Type().IsRegular() {
			continue
		}
		if err := each(folder, f.Name()); err != nil {
			return err
		}
	}
	return nil
}

func isHex(s string) bool {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}

// link makes a hard link, or a copy where that cannot be had. An object that is
// there already, from another folder, is as good.
func (d *objectDir) link(name string, to *staging.Writer, dir string) error {
	fi, err := d.root.Lstat(name)
	if err != nil || !fi.Mode().IsRegular() {
		return err
	}
	target := dir + "/" + filepath.ToSlash(name)
	err = to.Link(filepath.Join(d.path, filepath.FromSlash(name)), target)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return d.copy(name, to, target)
}

func (d *objectDir) copy(name string, to *staging.Writer, path string) error {
	from, _, err := fsx.OpenRegularIn(d.root, name)
	if err != nil {
		return err
	}
	defer from.Close()
	f, err := to.Create(path, 0o444)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}

// SharedWith reports whether a folder of objects has the repository's packs and no
// others.
func (db *DB) SharedWith(objects string) bool {
	packs := 0
	for _, d := range db.dirs {
		for _, p := range d.packs {
			ours, err := d.root.Stat(p.name + ".idx")
			theirs, err2 := os.Stat(filepath.Join(objects, filepath.FromSlash(p.name)+".idx"))
			if err != nil || err2 != nil || !os.SameFile(ours, theirs) {
				return false
			}
			packs++
		}
	}
	there, _ := fs.Glob(os.DirFS(objects), "pack/*.idx")
	loose, _ := fs.Glob(os.DirFS(objects), "[0-9a-f][0-9a-f]")
	return len(there) == packs && (packs == 0 || len(loose) == 0)
}
