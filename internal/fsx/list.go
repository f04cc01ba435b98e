package fsx

import "io/fs"

// Listed is what a folder lists.
type Listed struct {
	Name string      // a single path element, never "." or ".."
	Type fs.FileMode // the bits of the type only; [Untold] where the listing does not tell
}

// Untold is the type that is not told: some systems, and some file systems, list names
// only.
const Untold = fs.ModeDir | fs.ModeIrregular

// Type returns the type of what the folder lists, irregular if that cannot be told.
func (d Folder) Type(l Listed) fs.FileMode {
	if l.Type != Untold {
		return l.Type
	}
	e, err := d.Stat(l.Name)
	if err != nil {
		return fs.ModeIrregular
	}
	return e.Mode.Type()
}

// List returns what [Folder.Names] yields, before any of it is deleted.
func (d Folder) List() (list []Listed, err error) {
	for l, err := range d.Names(nil) {
		if err != nil {
			return list, err
		}
		list = append(list, l)
	}
	return list, nil
}
