package cargotest

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// Objects is the bare repository git/db/NAME of a home, filled object by object:
// trees that no git would write can be made. It has no refs.
type Objects struct {
	t   T
	Dir string
}

// Objects makes the repository git/db/name, which says that it was fetched from
// url.
func (h *Home) Objects(name, url string) *Objects {
	o := &Objects{h.t, filepath.Join(h.Dir, "git", "db", name)}
	for _, dir := range []string{"objects", "refs"} {
		check(h.t, os.MkdirAll(filepath.Join(o.Dir, dir), 0o777))
	}
	write(h.t, filepath.Join(o.Dir, "HEAD"), []byte("ref: refs/heads/master\n"))
	write(h.t, filepath.Join(o.Dir, "FETCH_HEAD"), []byte("\t\t"+url+"\n"))
	return o
}

// TreeEntry is one line of a tree, its fields as raw as git stores them.
type TreeEntry struct{ Mode, Name, ID string }

// Blob stores a file's content and returns its id.
func (o *Objects) Blob(data string) string { return o.store("blob", []byte(data)) }

// Tree stores a tree, the entries in the order given.
func (o *Objects) Tree(entries ...TreeEntry) string {
	var b bytes.Buffer
	for _, e := range entries {
		id, err := hex.DecodeString(e.ID)
		check(o.t, err)
		fmt.Fprintf(&b, "%s %s\x00%s", e.Mode, e.Name, id)
	}
	return o.store("tree", b.Bytes())
}

// Commit stores a commit of a tree.
func (o *Objects) Commit(tree string) string {
	return o.store("commit", fmt.Appendf(nil, "tree %s\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\nfixture\n", tree))
}

// Path is where the loose object with an id is.
func (o *Objects) Path(id string) string { return filepath.Join(o.Dir, "objects", id[:2], id[2:]) }

func (o *Objects) store(kind string, data []byte) string {
	object := append(fmt.Appendf(nil, "%s %d\x00", kind, len(data)), data...)
	sum := sha1.Sum(object)
	id := hex.EncodeToString(sum[:])
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(object)
	check(o.t, err)
	check(o.t, w.Close())
	check(o.t, os.MkdirAll(filepath.Dir(o.Path(id)), 0o777))
	write(o.t, o.Path(id), b.Bytes())
	return id
}
