package gitsrc

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
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
		if e.Kind == Submodule {
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
			f.names = append(f.names, gitFile)
			t.file[path.Join(dir, gitFile)] = -1
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
	t := w.tree()
	var via Entry // the link last followed
	at, rest, links := ".", name, 0
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		switch {
		case part == "" || part == ".":
			continue
		case part == ".." && at == ".":
			return "", &LinkError{Path: via.Path, Target: via.Target}
		case part == "..":
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, part)
		i, isFile := t.file[next]
		if _, isDir := t.dirs[next]; !isFile && !isDir || isFile && t.dirs[at] == nil {
			return "", fs.ErrNotExist
		}
		if !isFile || i < 0 || w.entries[i].Kind != Symlink || last && rest == "" && links == 0 {
			at = next
			continue
		}
		via = w.entries[i]
		if links++; links > maxFollowed {
			return "", errors.New("too many symbolic links in a row")
		}
		if via.Target == "" || path.IsAbs(via.Target) {
			return "", &LinkError{Path: via.Path, Target: via.Target}
		}
		rest = via.Target + "/" + rest
	}
	return at, nil
}

// ValidPath is [fs.ValidPath] for names of any bytes: what is in a repository need not
// be UTF-8.
func ValidPath(name string) bool { return fs.ValidPath(strings.ToValidUTF8(name, "?")) }

// Open opens a file or folder. Symbolic links are followed; the error for one
// that leads out of the work tree is a [*LinkError]. Files have the bytes that
// Cargo would write and no times. The root of a submodule has a file ".git",
// empty here.
func (w *WorkTree) Open(name string) (fs.File, error) {
	real, err := w.resolve("open", name)
	if err != nil {
		return nil, err
	}
	info := w.info(real)
	info.name = path.Base(name)
	if dir, ok := w.tree().dirs[real]; ok {
		return &openDir{info: info, w: w, path: real, names: dir.names}, nil
	}
	data, err := w.ReadFile(name)
	if err != nil {
		return nil, err
	}
	info.size = int64(len(data))
	return &openFile{info: info, Reader: bytes.NewReader(data)}, nil
}

func (w *WorkTree) resolve(op, name string) (string, error) {
	if !ValidPath(name) {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if err := w.spend(int64(len(name))); err != nil {
		return "", &fs.PathError{Op: op, Path: name, Err: err}
	}
	real, err := w.find(name, false)
	if err != nil {
		return "", &fs.PathError{Op: op, Path: name, Err: err}
	}
	return real, nil
}

// ReadFile returns the content of a file of at most [MaxText] bytes, as
// [WorkTree.Open] has it. The bytes are the caller's.
func (w *WorkTree) ReadFile(name string) (data []byte, err error) {
	i, err := w.fileAt(name)
	if err != nil || i < 0 {
		return nil, err
	}
	err = w.use(w.ctx, i, MaxText, func(b []byte) error {
		data = bytes.Clone(b)
		return w.spend(workPerTextByte * int64(len(b)))
	})
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// UseFile calls f with the content of a file of any size, as [WorkTree.Open] has it.
// The bytes are good until f returns, and not to be changed; f must not read from
// repositories. The error is that of reading, or f's own.
func (w *WorkTree) UseFile(name string, f func(data []byte) error) error {
	i, err := w.fileAt(name)
	if err != nil {
		return err
	}
	if i < 0 {
		return f(nil)
	}
	return w.use(w.ctx, i, MaxBlob, f)
}

// fileAt returns which entry a file is, -1 for the ".git" of a submodule.
func (w *WorkTree) fileAt(name string) (int, error) {
	real, err := w.resolve("read", name)
	if err != nil {
		return 0, err
	}
	i, ok := w.tree().file[real]
	if !ok {
		return 0, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	}
	return i, nil
}

// ReadDir lists a folder in order of names.
func (w *WorkTree) ReadDir(name string) ([]fs.DirEntry, error) {
	real, err := w.resolve("readdir", name)
	if err != nil {
		return nil, err
	}
	dir, ok := w.tree().dirs[real]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return w.list(real, dir.names), nil
}

func (w *WorkTree) list(dir string, names []string) []fs.DirEntry {
	list := make([]fs.DirEntry, len(names))
	for i, name := range names {
		list[i] = fs.FileInfoToDirEntry(lazyInfo{w.info(path.Join(dir, name)), w, path.Join(dir, name)})
	}
	return list
}

// Stat describes what is at name, symbolic links followed. The mode of a file is
// what a checkout asks for before the umask applies: that of the tree. The size
// of a file costs reading it.
func (w *WorkTree) Stat(name string) (fs.FileInfo, error) {
	real, err := w.resolve("stat", name)
	if err != nil {
		return nil, err
	}
	info := w.info(real)
	info.name = path.Base(name)
	return lazyInfo{info, w, real}, nil
}

// Lstat is Stat for what may be a symbolic link itself.
func (w *WorkTree) Lstat(name string) (fs.FileInfo, error) {
	if !ValidPath(name) {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrInvalid}
	}
	real, err := w.find(name, true)
	if err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return lazyInfo{w.info(real), w, real}, nil
}

// ReadLink returns where the symbolic link at name leads.
func (w *WorkTree) ReadLink(name string) (string, error) {
	info, err := w.Lstat(name)
	if err != nil {
		return "", err
	}
	if info.Mode().Type() != fs.ModeSymlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return w.entries[w.tree().file[info.(lazyInfo).path]].Target, nil
}

// info describes a path that exists; links are not followed, sizes not known.
func (w *WorkTree) info(real string) fileInfo {
	info := fileInfo{name: path.Base(real), mode: 0o666}
	i, isFile := w.tree().file[real]
	switch {
	case !isFile:
		info.mode = fs.ModeDir | 0o755
	case i < 0:
	case w.entries[i].Kind == Symlink:
		info.mode = fs.ModeSymlink | 0o777
	default:
		info.mode = fs.FileMode(w.nodes[i].mode & 0o777)
	}
	return info
}

type fileInfo struct {
	name string
	size int64
	mode fs.FileMode
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }

// lazyInfo reads a file when its size is asked for.
type lazyInfo struct {
	fileInfo
	w    *WorkTree
	path string
}

func (i lazyInfo) Size() int64 {
	switch at, ok := i.w.tree().file[i.path]; {
	case !ok || at < 0:
		return 0
	case i.mode.Type() == fs.ModeSymlink:
		return int64(len(i.w.entries[at].Target))
	default:
		size := 0
		_ = i.w.use(i.w.ctx, at, MaxBlob, func(data []byte) error {
			size = len(data)
			return nil
		})
		return int64(size)
	}
}

type openFile struct {
	info fileInfo
	*bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

type openDir struct {
	info  fileInfo
	w     *WorkTree
	path  string
	names []string // not yet read
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.path, Err: errors.New("is a directory")}
}

func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	count := len(d.names)
	if n > 0 {
		if count == 0 {
			return nil, io.EOF
		}
		count = min(n, count)
	}
	list := d.w.list(d.path, d.names[:count])
	d.names = d.names[count:]
	return list, nil
}
