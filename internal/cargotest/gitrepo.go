package cargotest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/memory"
)

// Repo is a repository being built: objects in memory, and a commit of files.
type Repo struct {
	t      T
	mem    *memory.Storage
	Commit plumbing.Hash
}

// NewRepo makes a repository with a commit of files; see [Repo.Tree] for their form.
func NewRepo(t T, files map[string]string) *Repo {
	r := &Repo{t: t, mem: memory.NewStorage()}
	r.Commit = r.add(&object.Commit{TreeHash: r.Tree(files), Author: epoch, Committer: epoch})
	return r
}

func (r *Repo) add(e encoder) plumbing.Hash {
	o := r.mem.NewEncodedObject()
	check(r.t, e.Encode(o))
	h, err := r.mem.SetEncodedObject(o)
	check(r.t, err)
	return h
}

// Blob stores a file's content.
func (r *Repo) Blob(content string) plumbing.Hash {
	return r.Object(plumbing.BlobObject, []byte(content))
}

// Object stores an object as it is.
func (r *Repo) Object(typ plumbing.ObjectType, data []byte) plumbing.Hash {
	o := r.mem.NewEncodedObject()
	o.SetType(typ)
	w, err := o.Writer()
	check(r.t, err)
	_, err = w.Write(data)
	check(r.t, err)
	h, err := r.mem.SetEncodedObject(o)
	check(r.t, err)
	return h
}

// Tree makes trees of paths with slashes. A content that begins with "-> " makes
// a symbolic link, one with "@ " a submodule at that commit; a name that ends in
// "*" is an executable's.
func (r *Repo) Tree(files map[string]string) plumbing.Hash {
	t := &object.Tree{}
	below := map[string]map[string]string{}
	for name, content := range files {
		if dir, rest, ok := strings.Cut(name, "/"); ok {
			if below[dir] == nil {
				below[dir] = map[string]string{}
			}
			below[dir][rest] = content
			continue
		}
		t.Entries = append(t.Entries, r.entry(name, content))
	}
	for name, sub := range below {
		t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: r.Tree(sub)})
	}
	slices.SortFunc(t.Entries, func(a, b object.TreeEntry) int { return strings.Compare(treeKey(a), treeKey(b)) })
	return r.add(t)
}

func (r *Repo) entry(name, content string) object.TreeEntry {
	if commit, ok := strings.CutPrefix(content, "@ "); ok {
		return object.TreeEntry{Name: name, Mode: filemode.Submodule, Hash: plumbing.NewHash(commit)}
	}
	mode := filemode.Regular
	if link, ok := strings.CutPrefix(content, "-> "); ok {
		mode, content = filemode.Symlink, link
	}
	if bare, ok := strings.CutSuffix(name, "*"); ok {
		name, mode = bare, filemode.Executable
	}
	return object.TreeEntry{Name: name, Mode: mode, Hash: r.Blob(content)}
}

// RawTree stores a tree of entries "MODE NAME" as they are, in their order. Folders have
// a file in them.
func (r *Repo) RawTree(entries ...string) plumbing.Hash {
	var data []byte
	for _, e := range entries {
		mode, name, _ := strings.Cut(e, " ")
		h := r.Blob("x")
		if mode == "40000" {
			h = r.Tree(map[string]string{"inner": "x"})
		}
		data = append(append(data, mode+" "+name+"\x00"...), h[:]...)
	}
	return r.Object(plumbing.TreeObject, data)
}

// CommitOf stores a commit of a tree and returns its id.
func (r *Repo) CommitOf(tree plumbing.Hash) string {
	return r.Object(plumbing.CommitObject, []byte("tree "+tree.String()+"\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\nc\n")).String()
}

// Write puts the objects below a git directory, in a pack or one by one.
func (r *Repo) Write(gitDir string, packed bool) {
	disk := filesystem.NewStorage(osfs.New(gitDir), cache.NewObjectLRUDefault())
	if packed {
		r.writePack(disk)
		return
	}
	for _, o := range r.mem.Objects {
		_, err := disk.SetEncodedObject(o)
		check(r.t, err)
	}
	check(r.t, os.MkdirAll(filepath.Join(gitDir, "objects", "info"), 0o777))
}

func (r *Repo) writePack(disk *filesystem.Storage) {
	w, err := disk.PackfileWriter()
	check(r.t, err)
	_, err = packfile.NewEncoder(w, r.mem, false).Encode(slices.Collect(maps.Keys(r.mem.Objects)), 10)
	check(r.t, err)
	check(r.t, w.Close())
}
