package staging

import "io/fs"

// Symlink makes a symbolic link to target, which is not looked at. It is an error
// that matches fs.ErrExist if anything is there already.
func (t *Tree) Symlink(target, path string) error {
	dir, name, err := t.parent(path)
	if err != nil {
		return err
	}
	if err := dir.symlink(target, name); err != nil {
		return &fs.PathError{Op: "create link", Path: path, Err: err}
	}
	return nil
}

// Share returns another Tree on the same folder, for another goroutine. From then
// on both put up with folders that the other made. Each is to be finished.
func (t *Tree) Share() (*Tree, error) {
	dir, err := t.open[0].dir.open(".")
	if err != nil {
		return nil, err
	}
	t.shared = true
	return &Tree{
		open:   []level{{"", dir}},
		known:  map[string]struct{}{"": {}},
		modes:  map[string]fs.FileMode{},
		shared: true,
	}, nil
}
