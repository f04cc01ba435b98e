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
// some paths, '/'-separated, and returns its name; and if over is not nil, all other files
// of that commit, which is its parent, and whose repository has what is not written. It was
// made at a time, in seconds since 1970, by nobody in particular: the same files make the
// same bytes. Content is called twice for each.
func WriteSnapshot(to *staging.Writer, over *Snapshot, paths []string, when int64, content func(i int) ([]byte, error)) (commit string, err error) {
	s := &snapshotWriter{over: over, files: map[packObject]int{}, made: map[packObject][]byte{}}
	root, parent := &snapshotDir{}, ""
	if over != nil {
		root.over, parent = over.root, fmt.Sprintf("parent %s\n", over.commit)
	}
	for i, path := range paths {
		data, err := content(i)
		if err != nil {
			return "", err
		}
		o := packObject{plumbing.ComputeHash(plumbing.BlobObject, data), plumbing.BlobObject}
		s.files[o] = i
		root.put(path, o.name)
	}
	tree, err := s.tree(root)
	if err != nil {
		return "", err
	}
	who := fmt.Sprintf("cargohome <> %d +0000", when)
	made := s.make(plumbing.CommitObject, fmt.Appendf(nil, "tree %s\n%sauthor %s\ncommitter %s\n\nthe index entries of a bundle\n", tree, parent, who, who))
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
	over  *Snapshot          // nil for none
	files map[packObject]int // by which content they are
	made  map[packObject][]byte
}

// snapshotDir is a folder of a commit.
type snapshotDir struct {
	over  plumbing.Hash // what it was, zero if it was not there
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
func (s *snapshotWriter) tree(d *snapshotDir) (h plumbing.Hash, err error) {
	lines, err := s.entries(d.over)
	if err != nil {
		return h, err
	}
	for name, blob := range d.files {
		delete(lines, name+"/")
		lines[name] = fmt.Appendf(nil, "%s %s\x00%s", modeFile, name, blob[:])
	}
	for name, sub := range d.dirs {
		if was := lines[name+"/"]; was != nil {
			sub.over = plumbing.Hash(was[len(was)-len(h):])
		}
		if h, err = s.tree(sub); err != nil {
			return h, err
		}
		delete(lines, name)
		lines[name+"/"] = fmt.Appendf(nil, "%s %s\x00%s", modeDir, name, h[:])
	}
	var data []byte
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		data = append(data, lines[name]...)
	}
	return s.make(plumbing.TreeObject, data), nil
}

// entries returns those of a tree, by their names.
func (s *snapshotWriter) entries(tree plumbing.Hash) (map[string][]byte, error) {
	lines := map[string][]byte{}
	if tree.IsZero() {
		return lines, nil
	}
	data, err := s.over.tree(tree)
	for err == nil && len(data) > 0 {
		var e TreeEntry
		line := data
		if e, data, err = CutEntry(data); err == nil {
			if e.Mode&TypeMask == TypeTree {
				e.Name += "/"
			}
			lines[e.Name] = line[:len(line)-len(data)]
		}
	}
	return lines, err
}

func (s *snapshotWriter) make(typ plumbing.ObjectType, data []byte) plumbing.Hash {
	h := plumbing.ComputeHash(typ, data)
	s.made[packObject{h, typ}] = data
	return h
}
