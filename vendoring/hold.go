package vendoring

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
	"time"

	"cargohome/crate/archive"
)

// hold is a package's folder that is not on a disk: what it will be in a tar. It
// implements [archive.Folder], and refuses what a folder on a disk would.
type hold struct {
	*archive.Shape
	data    spool
	entries map[string]*held
}

// held is a file or a folder of it.
type held struct {
	path     string // "" is the folder itself
	folder   bool
	mode     fs.FileMode
	modified time.Time // zero if nobody says
	at, size int64     // in data
}

func newHold(r *room) *hold {
	return &hold{Shape: archive.NewShape(), data: spool{room: r}, entries: map[string]*held{}}
}

// Mkdir implements archive.Folder.
func (h *hold) Mkdir(path string, mode fs.FileMode) error {
	if err := h.Shape.Mkdir(path, mode); err != nil {
		return err
	}
	h.entries[path] = &held{path: path, folder: true, mode: mode}
	return nil
}

// Create implements archive.Folder.
func (h *hold) Create(path string, mode fs.FileMode) (archive.FileWriter, error) {
	if err := h.Add(path); err != nil {
		return nil, err
	}
	e := &held{path: path, mode: mode, at: h.data.size}
	h.entries[path] = e
	return &holdWriter{e, &h.data}, nil
}

// Remove implements archive.Folder.
func (h *hold) Remove(path string) error {
	delete(h.entries, path)
	return h.Shape.Remove(path)
}

// sorted returns what is in the folder, in the order of a tar.
func (h *hold) sorted() []*held {
	list := make([]*held, 0, len(h.entries))
	for _, e := range h.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *held) int { return comparePaths(a.path, b.path) })
	return list
}

// comparePaths orders paths as `tar --sort=name` does: name by name, so that what is in a
// folder comes before what only begins like it.
func comparePaths(a, b string) int {
	for {
		first, restA, moreA := strings.Cut(a, "/")
		second, restB, moreB := strings.Cut(b, "/")
		if c := strings.Compare(first, second); c != 0 || !moreA || !moreB {
			return cmp.Or(c, strings.Compare(a, b))
		}
		a, b = restA, restB
	}
}

// holdWriter writes one file.
type holdWriter struct {
	*held
	data *spool
}

func (w *holdWriter) Write(b []byte) (int, error) {
	n, err := w.data.Write(b)
	w.size += int64(n)
	return n, err
}

func (w *holdWriter) SetTime(t time.Time) error {
	w.modified = t
	return nil
}

func (w *holdWriter) Close() error { return nil }
