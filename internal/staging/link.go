package staging

import "io/fs"

// Symlink makes a symbolic link to target, which is not looked at. It is an error
// that matches fs.ErrExist if anything is there already.
func (w *Writer) Symlink(target, path string) error {
	dir, name, err := w.place(OpLink, path)
	if err != nil {
		return err
	}
	return pathError("create link", path, dir.Symlink(target, name))
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
