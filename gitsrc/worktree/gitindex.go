package worktree

import (
	"bytes"

	"cargohome/gitsrc/object"
	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// indexes returns the git index of each repository of the work tree, of version 2 as
// libgit2 writes it. What git remembers of a file, to see whether it has changed, is as
// the file lies there.
func (wr *writer) indexes() []*index.Index {
	indexes := make([]*index.Index, len(wr.w.layers))
	for at, l := range wr.w.layers {
		indexes[at] = &index.Index{Version: 2, Entries: make([]*index.Entry, len(l.items))}
	}
	for i := range wr.stats {
		if n := wr.w.nodes[i]; n.item >= 0 {
			indexes[n.layer].Entries[n.item] = &wr.stats[i]
		}
	}
	for at, l := range wr.w.layers {
		for i, it := range l.items {
			e := indexes[at].Entries[i]
			if e == nil { // of which nothing is remembered, as of a submodule
				e = &index.Entry{}
				indexes[at].Entries[i] = e
			}
			e.Name, e.Mode, e.Hash = it.path, indexMode(it.mode), it.hash
		}
	}
	return indexes
}

// lstat returns what the git index remembers of a file, as far as the system tells. What
// it does not tell is 0, and git reads the file to see whether it has changed.
func lstat(path string) (index.Entry, error) {
	e, err := fsx.Lstat(path)
	return index.Entry{
		CreatedAt: e.Changed, ModifiedAt: e.Modified,
		Dev: uint32(e.Dev), Inode: uint32(e.Ino), UID: e.Owner, GID: e.Group, Size: uint32(e.Size),
	}, err
}

func encodeIndex(idx *index.Index) ([]byte, error) {
	var b bytes.Buffer
	err := index.NewEncoder(&b).Encode(idx)
	return b.Bytes(), err
}

// indexMode is the mode the git index has for an entry: it knows two for files.
func indexMode(mode uint32) filemode.FileMode {
	switch {
	case mode&object.TypeMask != object.TypeFile:
		return filemode.FileMode(mode & object.TypeMask)
	case mode&0o100 != 0:
		return filemode.Executable
	}
	return filemode.Regular
}
