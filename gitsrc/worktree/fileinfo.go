package worktree

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"time"

	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
)

// info describes a path that exists; links are not followed, sizes not known.
func (w *WorkTree) info(real string) fileInfo {
	info := fileInfo{name: filelist.Base(real), mode: 0o666}
	i, isFile := w.tree().file[real]
	switch {
	case !isFile:
		info.mode = fs.ModeDir | 0o755
	case i < 0:
	case w.entries[i].Kind == filelist.Symlink:
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
		_ = i.w.use(i.w.ctx, at, object.MaxBlob, func(data []byte) error {
			size = len(data)
			return nil
		})
		return int64(size)
	}
}

// dirEntry is what a folder lists.
type dirEntry struct{ lazyInfo }

func (e *dirEntry) Type() fs.FileMode          { return e.mode.Type() }
func (e *dirEntry) Info() (fs.FileInfo, error) { return e.lazyInfo, nil }

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
