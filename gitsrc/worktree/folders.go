package worktree

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cargohome/internal/filelist"
)

// maxFollowed bounds the symbolic links followed for one path, as Linux does.
const maxFollowed = 40

// dirTree is a work tree as folders.
type dirTree struct {
	dirs map[string]*folder // by path, "." being the root
	file map[string]int     // entries by path
}

// folder is a folder of a work tree.
type folder struct {
	names     []string // sorted
	submodule bool     // it has a ".git" besides
}

// dirTree makes the folders that entries lie in.
func (w *WorkTree) dirTree() *dirTree {
	t := &dirTree{dirs: map[string]*folder{".": {}}, file: make(map[string]int, len(w.entries))}
	for i, e := range w.entries {
		if e.Kind == filelist.Submodule {
			t.mkdir(e.Path).submodule = true
			continue
		}
		t.file[e.Path] = i
		t.addName(e.Path)
	}
	for _, dir := range w.empty {
		t.mkdir(dir)
	}
	for dir, f := range t.dirs {
		if f.submodule {
			f.names = append(f.names, GitFile)
			t.file[path.Join(dir, GitFile)] = -1
		}
		slices.Sort(f.names)
	}
	return t
}

func (t *dirTree) addName(p string) {
	parent := t.mkdir(path.Dir(p))
	parent.names = append(parent.names, path.Base(p))
}

func (t *dirTree) mkdir(p string) *folder {
	if f := t.dirs[p]; f != nil {
		return f
	}
	f := &folder{}
	t.dirs[p] = f
	t.addName(p)
	return f
}

// find follows symbolic links to where a valid path really is: a folder, or an
// entry, which is a link only if last asks for the path's last one.
func (w *WorkTree) find(name string, last bool) (string, error) {
	if known, err := w.findDirectly(name, last); known {
		return name, err
	}
	return w.follow(name, last)
}

// follow is find, name by name.
func (w *WorkTree) follow(name string, last bool) (string, error) {
	t := w.tree()
	var via filelist.Entry // the link last followed
	at, rest, links := ".", name, 0
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		switch {
		case part == "" || part == ".":
			continue
		case part == ".." && at == ".":
			return "", &filelist.LinkError{Path: via.Path, Target: via.Target}
		case part == "..":
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, part)
		i, isFile := t.file[next]
		if _, isDir := t.dirs[next]; !isFile && !isDir || isFile && t.dirs[at] == nil {
			return "", fs.ErrNotExist
		}
		if !isFile || i < 0 || w.entries[i].Kind != filelist.Symlink || last && rest == "" && links == 0 {
			at = next
			continue
		}
		via = w.entries[i]
		if links++; links > maxFollowed {
			return "", errors.New("too many symbolic links in a row")
		}
		if via.Target == "" || path.IsAbs(via.Target) {
			return "", &filelist.LinkError{Path: via.Path, Target: via.Target}
		}
		rest = via.Target + "/" + rest
	}
	return at, nil
}

// findDirectly is find for what there is no link on the way to; known is false for all
// else.
func (w *WorkTree) findDirectly(name string, last bool) (known bool, err error) {
	t := w.tree()
	if t.dirs[name] != nil {
		return true, nil
	}
	if i, isFile := t.file[name]; isFile {
		return i < 0 || last || w.entries[i].Kind != filelist.Symlink, nil
	}
	return t.dirs[cmp.Or(filelist.Parent(name), ".")] != nil, fs.ErrNotExist
}
