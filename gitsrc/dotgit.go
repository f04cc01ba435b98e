package gitsrc

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// checkoutConfig is the configuration Cargo's libgit2 gives to a clone of a
// repository in git/db, of which %s is the URL.
const checkoutConfig = `[core]
	bare = false
	repositoryformatversion = 0
	filemode = %t
	logallrefupdates = true
	autocrlf = false
[remote "origin"]
	url = %s
	fetch = +refs/heads/*:refs/remotes/origin/*
[branch "master"]
	remote = origin
	merge = refs/heads/master
`

// writeGit makes the ".git" of a work tree, as far as Cargo and git need it.
func (l *layer) writeGit(to *staging.Tree, dir string, index []indexEntry) error {
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"} {
		if err := to.Mkdir(dir+"/"+sub, 0o777); err != nil {
			return err
		}
	}
	if err := l.db.store.linkObjects(to, dir+"/objects"); err != nil {
		return err
	}
	files := map[string][]byte{
		"HEAD":              []byte("ref: refs/heads/master\n"),
		"refs/heads/master": []byte(l.commit.String() + "\n"),
		"config":            []byte(fmt.Sprintf(checkoutConfig, runtime.GOOS != "windows", configValue(crate.NewDirectorySource(l.db.dir).URL()))),
		"index":             encodeIndex(index),
	}
	if data, err := readSmall(l.db.store.git, "shallow", maxPackedRefs); err == nil {
		files["shallow"] = data
	}
	for name, data := range files {
		if err := to.WriteFile(dir+"/"+name, 0o666, data); err != nil {
			return err
		}
	}
	return nil
}

// configValue quotes a value that a git configuration would read otherwise. URLs
// of files have no quotes and no backslashes.
func configValue(v string) string {
	if strings.ContainsAny(v, ";#") {
		return `"` + v + `"`
	}
	return v
}

// linkObjects makes all objects of a repository, borrowed ones included, objects
// of the repository whose folder of objects is dir, as `git clone --local` does.
func (s *store) linkObjects(to *staging.Tree, dir string) error {
	for _, from := range s.dirs {
		if err := from.linkPacks(to, dir); err != nil {
			return err
		}
		if err := from.linkLoose(to, dir); err != nil {
			return err
		}
	}
	return nil
}

func (d *objectDir) linkPacks(to *staging.Tree, dir string) error {
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
func (d *objectDir) linkLoose(to *staging.Tree, dir string) error {
	folders, err := fsx.ReadDirIn(d.root, ".")
	if err != nil {
		return err
	}
	for _, f := range folders {
		if len(f.Name()) != 2 || !isHex(f.Name()) || !f.IsDir() {
			continue
		}
		if err := d.linkLooseFolder(f.Name(), to, dir); err != nil {
			return err
		}
	}
	return nil
}

func (d *objectDir) linkLooseFolder(name string, to *staging.Tree, dir string) error {
	files, err := fsx.ReadDirIn(d.root, name)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !isHex(f.Name()) || len(f.Name()) != 2*plumbingHashSize-2 || !f.Type().IsRegular() {
			continue
		}
		if err := d.link(name+"/"+f.Name(), to, dir); err != nil {
			return err
		}
	}
	return nil
}

func isHex(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}

// link makes a hard link, or a copy where that cannot be had. An object that is
// there already, from another folder, is as good.
func (d *objectDir) link(name string, to *staging.Tree, dir string) error {
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

func (d *objectDir) copy(name string, to *staging.Tree, path string) error {
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
