package worktree

import (
	"bytes"
	"errors"
	"io/fs"
	"path"

	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
)

// Open opens a file or folder. Symbolic links are followed; the error for one
// that leads out of the work tree is a [*filelist.LinkError]. Files have the bytes that
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
	if !filelist.ValidPath(name) {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if err := w.Spend(int64(len(name))); err != nil {
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
		return w.Spend(workPerTextByte * int64(len(b)))
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
	return w.use(w.ctx, i, object.MaxBlob, f)
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
	list, entries := make([]fs.DirEntry, len(names)), make([]dirEntry, len(names))
	for i, name := range names {
		real := name
		if dir != "." {
			real = dir + "/" + name
		}
		entries[i].lazyInfo = lazyInfo{w.info(real), w, real}
		list[i] = &entries[i]
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
	if !filelist.ValidPath(name) {
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
