package staging

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"cargohome/internal/fsx"
)

// Symlink makes a symbolic link to target, which is not looked at. It is an error
// that matches fs.ErrExist if anything is there already.
func (w *Writer) Symlink(target, path string) error {
	dir, name, err := w.place(OpLink, path)
	if err != nil {
		return err
	}
	err = dir.Symlink(target, name)
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EPERM) { // FAT: the latter by the kernel's
		err = fmt.Errorf("the disk has no symbolic links: %w", fsx.WithoutPath(err))
	}
	return pathError("create link", path, err)
}

// Link makes a hard link at path to the file at the absolute path from, which must
// not be a symbolic link. It is an error that matches fs.ErrExist if anything is at
// path already.
func (w *Writer) Link(from, path string) error {
	dir, name, err := w.place(OpLink, path)
	if err != nil {
		return err
	}
	return pathError("link", path, dir.Link(from, name))
}

// Adopt makes a new file with the content of the one at the absolute path from, and
// reports whether it is the same file, by a hard link: that is so if it belongs to us, has
// the mode that a new one would get, and the system allows it. Else it is a [Writer.Copy]
// of up to limit bytes.
func (w *Writer) Adopt(from, path string, limit int64) (linked bool, err error) {
	e, err := fsx.Lstat(from)
	if err == nil && e.ID != (fsx.ID{}) && e.Owner == owner() && e.Mode == 0o666&^fsx.Umask() && w.Link(from, path) == nil {
		return true, nil
	}
	f, _, err := fsx.OpenRegular(from)
	if err != nil {
		return false, err
	}
	defer f.Close()
	return false, w.Copy(path, 0o666, io.LimitReader(f, limit))
}

// Share returns another Writer on the same folder, for another goroutine. From then
// on both put up with folders that the other made. Each is to be finished.
func (w *Writer) Share() (*Writer, error) {
	dir, err := w.open[0].dir.Open(".")
	if err != nil {
		return nil, err
	}
	w.shared = true
	return &Writer{
		root:   w.root,
		open:   []level{{"", dir}},
		known:  map[string]struct{}{"": {}},
		modes:  map[string]fs.FileMode{},
		shared: true,
	}, nil
}
