package object

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing"
)

// WriteSnapshot writes to objects/pack of a repository one commit that has the files at
// some paths, '/'-separated, and returns its name. It was made at a time, in seconds since
// 1970, by nobody in particular: the same files make the same bytes. Content is called
// twice for each.
func WriteSnapshot(to *staging.Writer, paths []string, when int64, content func(i int) ([]byte, error)) (commit string, err error) {
	s := &snapshotWriter{files: map[packObject]int{}, made: map[packObject][]byte{}}
	root := &snapshotDir{}
	for i, path := range paths {
		data, err := content(i)
		if err != nil {
			return "", err
		}
		o := packObject{plumbing.ComputeHash(plumbing.BlobObject, data), plumbing.BlobObject}
		s.files[o] = i
		root.put(path, o.name)
	}
	tree := s.tree(root)
	who := fmt.Sprintf("cargohome <> %d +0000", when)
	made := s.make(plumbing.CommitObject, fmt.Appendf(nil, "tree %s\nauthor %s\ncommitter %s\n\nthe index entries of a bundle\n", tree, who, who))
	objects := slices.Concat(slices.Collect(maps.Keys(s.files)), slices.Collect(maps.Keys(s.made)))
	slices.SortFunc(objects, func(a, b packObject) int { return bytes.Compare(a.name[:], b.name[:]) })
	return made.String(), packObjects(to, len(objects), func(p *packing) error {
		for _, o := range objects {
			data, isMade := s.made[o]
			var err error
			if !isMade {
				data, err = content(s.files[o])
			}
			if err == nil {
				err = p.add(o, data)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// snapshotWriter has the objects of a commit.
type snapshotWriter struct {
	files map[packObject]int // by which content they are
	made  map[packObject][]byte
}

// snapshotDir is a folder of a commit.
type snapshotDir struct {
	files map[string]plumbing.Hash
	dirs  map[string]*snapshotDir
}

func (d *snapshotDir) put(path string, blob plumbing.Hash) {
	name, rest, below := strings.Cut(path, "/")
	if !below {
		if d.files == nil {
			d.files = map[string]plumbing.Hash{}
		}
		d.files[name] = blob
		return
	}
	sub := d.dirs[name]
	if sub == nil {
		if d.dirs == nil {
			d.dirs = map[string]*snapshotDir{}
		}
		sub = &snapshotDir{}
		d.dirs[name] = sub
	}
	sub.put(rest, blob)
}

// tree makes the objects of a folder, and returns the name of its own. Entries are in the
// order of their names, those of folders ending in '/'.
func (s *snapshotWriter) tree(d *snapshotDir) plumbing.Hash {
	lines := map[string][]byte{}
	for name, blob := range d.files {
		lines[name] = fmt.Appendf(nil, "%s %s\x00%s", modeFile, name, blob[:])
	}
	for name, sub := range d.dirs {
		h := s.tree(sub)
		lines[name+"/"] = fmt.Appendf(nil, "%s %s\x00%s", modeDir, name, h[:])
	}
	var data []byte
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		data = append(data, lines[name]...)
	}
	return s.make(plumbing.TreeObject, data)
}

func (s *snapshotWriter) make(typ plumbing.ObjectType, data []byte) plumbing.Hash {
	h := plumbing.ComputeHash(typ, data)
	s.made[packObject{h, typ}] = data
	return h
}
