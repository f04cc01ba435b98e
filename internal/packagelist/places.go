package packagelist

import (
	"cmp"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/filelist"
)

// As on Linux: the links followed to reach a file, and the bytes of a path.
const (
	maxLinks = 40
	maxPath  = 4096
)

// placeKind is what is found at a path.
type placeKind uint8

const (
	placeNone placeKind = iota
	placeOutside
	placeFile
	placeExecutable
	placeLink
	placeFolder
)

// A place is something in the work tree, and how it was reached.
type place struct {
	rel    string // from the package's folder, by the names of links
	path   string // from the work tree's root, through no links
	kind   placeKind
	target string // of a link
	links  int    // that were followed
}

// child returns what lies in the folder p, by the same way.
func (p place) child(name string, kind placeKind, target string) place {
	return place{filelist.Join(p.rel, name), filelist.Join(p.path, name), kind, target, p.links}
}

// A workTree finds things in sorted entries. Its folders are those that
// something lies in, the submodules and the root.
type workTree struct{ entries []filelist.Entry }

// from returns the index of the first entry that is not before path.
func (t workTree) from(path string) int {
	i, _ := slices.BinarySearchFunc(t.entries, path, func(e filelist.Entry, path string) int {
		return cmp.Compare(e.Path, path)
	})
	return i
}

// entry returns the entry at path, nil if there is none.
func (t workTree) entry(path string) *filelist.Entry {
	if i := t.from(path); i < len(t.entries) && t.entries[i].Path == path {
		return &t.entries[i]
	}
	return nil
}

// filled says whether anything lies in a folder.
func (t workTree) filled(dir string) bool {
	i := t.from(dir + "/")
	return i < len(t.entries) && strings.HasPrefix(t.entries[i].Path, dir+"/")
}

// at finds what is at a path that goes through no links.
func (t workTree) at(path string) (kind placeKind, target string) {
	switch e := t.entry(path); {
	case e != nil:
		return kindOf(e), e.Target
	case path == crate.OKFile:
		return placeFile, ""
	case path == "" || t.filled(path):
		return placeFolder, ""
	}
	return placeNone, ""
}

func kindOf(e *filelist.Entry) placeKind {
	switch e.Kind {
	case filelist.Executable:
		return placeExecutable
	case filelist.Symlink:
		return placeLink
	case filelist.Submodule:
		return placeFolder
	default:
		return placeFile
	}
}

// isRepo says whether a folder is the root of a repository: of the work tree,
// or of a submodule. One that was not checked out is an empty folder.
func (t workTree) isRepo(dir string) bool {
	e := t.entry(dir)
	return dir == "" || e != nil && e.Kind == filelist.Submodule && t.filled(dir)
}

// children returns what lies directly in a folder, in no certain order.
func (t workTree) children(dir place) iter.Seq[place] {
	return func(yield func(place) bool) {
		if dir.path == "" && t.entry(crate.OKFile) == nil && !yield(dir.child(crate.OKFile, placeFile, "")) {
			return
		}
		prefix := dir.path + "/"
		if dir.path == "" {
			prefix = ""
		}
		for i := t.from(prefix); i < len(t.entries); {
			child, next, ok := t.childAt(dir, prefix, i)
			if !ok || child.kind != placeNone && !yield(child) {
				return
			}
			i = next
		}
	}
}

// childAt returns the child of dir that the entry at index i is or lies in, and
// the index to go on at. Of a child that has an entry itself, as a submodule
// has, what lies in it is passed over.
func (t workTree) childAt(dir place, prefix string, i int) (child place, next int, ok bool) {
	e := &t.entries[i]
	rest, ok := strings.CutPrefix(e.Path, prefix)
	if !ok {
		return place{}, 0, false
	}
	name, _, deeper := strings.Cut(rest, "/")
	if !deeper {
		return dir.child(name, kindOf(e), e.Target), i + 1, true
	}
	child = dir.child(name, placeFolder, "")
	if t.entry(child.path) != nil {
		child.kind = placeNone
	}
	return child, max(i+1, t.from(child.path+"0")), true // "0" is the byte after "/"
}

// follow returns where a link leads, still under the link's name. The kind is
// placeNone if nothing is there, and placeOutside if the way goes out of the
// work tree or into a repository's own folder.
func (t workTree) follow(l place) place {
	at := place{rel: l.rel, path: filelist.Parent(l.path), kind: placeFolder, links: l.links}
	var names []string // still to go, the next one last
	push := func(target string) placeKind {
		if at.links++; at.links > maxLinks || target == "" || len(target) > maxPath {
			return placeNone
		}
		if target[0] == '/' {
			return placeOutside
		}
		more := strings.Split(target, "/")
		slices.Reverse(more)
		names = append(names, more...)
		return placeFolder
	}
	at.kind = push(l.target)
	for len(names) > 0 && at.kind == placeFolder {
		name := names[len(names)-1]
		names = names[:len(names)-1]
		next, target := t.step(&at, name)
		if at.kind = next; next == placeLink {
			at.kind = push(target)
		}
	}
	if len(names) > 0 && at.kind != placeOutside {
		at.kind = placeNone // what is on the way is not a folder
	}
	return at
}

// step goes from a folder to what has a name in it; to a link it does not go
// but returns where that leads.
func (t workTree) step(at *place, name string) (kind placeKind, target string) {
	switch {
	case name == "" || name == ".":
		return placeFolder, ""
	case name == ".." && at.path == "", name == ".git" && t.isRepo(at.path):
		return placeOutside, ""
	case name == "..":
		at.path = filelist.Parent(at.path)
		return placeFolder, ""
	}
	path := filelist.Join(at.path, name)
	if kind, target = t.at(path); kind != placeLink {
		at.path = path
	}
	return kind, target
}

// A home is the folder of a package and the repository that Cargo finds going
// up from there.
type home struct {
	root   place
	repo   string // the path of its root
	linked bool   // a link below that leads to the folder
}

// locate finds the package's folder, whose path may go through links.
func (t workTree) locate(dir string) (h home, err error) {
	h.root.kind = placeFolder
	if dir == "" {
		return h, nil
	}
	if !filelist.ValidPath(dir) || len(dir) > maxPath {
		return h, fmt.Errorf("not a path below the root")
	}
	for name := range strings.SplitSeq(dir, "/") {
		at := h.root.child(name, placeNone, "")
		if at.kind, at.target = t.at(at.path); at.kind == placeLink {
			h.linked = true
			l := at
			if at = t.follow(l); at.kind == placeOutside {
				return h, &filelist.LinkError{Path: l.path, Target: l.target}
			}
		}
		if at.kind != placeFolder {
			return h, fmt.Errorf("no such folder: %w", fs.ErrNotExist)
		}
		h.root = at
		if t.isRepo(at.path) {
			h.repo, h.linked = at.path, false
		}
	}
	h.root.rel = ""
	return h, nil
}

// tracks says whether the repository that Cargo finds for a package has the
// manifest in its index. If the folder was reached through a link that leads
// from one repository into another, it has not.
func (t workTree) tracks(h home) bool {
	owner := h.root.path
	for !t.isRepo(owner) {
		owner = filelist.Parent(owner)
	}
	return owner == h.repo && t.entry(filelist.Join(h.root.path, "Cargo.toml")) != nil
}
