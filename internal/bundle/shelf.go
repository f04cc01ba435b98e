package bundle

import (
	"context"
	"crypto/sha256"
	"io"

	"cargohome/internal/tarball"
)

// Shelf is a bundle in a file from which archives are taken by their paths, as the table of
// its frames tells where each is. It is safe for concurrent use.
type Shelf struct {
	manifest *Manifest
	name     string
	seek     *tarball.Seekable
	begin    []int64 // where in the tar each entry begins
}

// Shelf returns that of the file of the Reader, of so many bytes; it is called before Next.
// The error matches [tarball.ErrNoTable] if the file has no table, or is an [*Error].
func (r *Reader) Shelf(file io.ReaderAt, size int64) (*Shelf, error) {
	seek, err := tarball.OpenSeekable(file, size)
	if err != nil {
		return nil, err
	}
	entries, at := r.Manifest.Entries, r.at
	s := &Shelf{r.Manifest, r.name, seek, make([]int64, len(entries))}
	for i := range entries {
		s.begin[i] = at
		if entries[i].Held {
			continue
		}
		n, err := entries[i].blocks()
		if err != nil {
			return nil, r.refuse(entries[i].error(err))
		}
		at += n
	}
	return s, nil
}

// Take calls put with archives that are in the bundle, and with what writes each: the paths
// are those of entries, in their order. What stands close together is read once. It returns
// for each path why it was not taken, nil if it was: what put returns, or an [*Error] of
// what is written if that is not the archive, by which it is to be thrown away. After that
// it goes on with the next.
func (s *Shelf) Take(ctx context.Context, paths []string, put func(e *Entry, write func(w io.Writer) error) error) []error {
	t := &taking{shelf: s}
	defer t.close()
	errs := make([]error, len(paths))
	for n, path := range paths {
		e, err := t.next(path)
		if err == nil {
			err = put(e, func(w io.Writer) error { return t.r.WriteArchive(ctx, w) })
		}
		errs[n] = err
	}
	return errs
}

// taking is one run of Take.
type taking struct {
	shelf *Shelf
	r     *Reader // nil until something is read, and after an error of that
	want  *Entry
}

func (t *taking) close() {
	if t.r != nil {
		t.r.Close()
		t.r = nil
	}
}

// next goes on to the entry of a path.
func (t *taking) next(path string) (*Entry, error) {
	m := t.shelf.manifest
	i, found := m.place(path)
	if !found || m.Entries[i].Held {
		return nil, &Error{Bundle: t.shelf.name, Entry: path, Err: ErrEntry}
	}
	if t.r != nil && t.r.err != nil {
		t.close()
	}
	t.want = &m.Entries[i]
	if t.r == nil {
		if err := t.open(i); err != nil {
			return nil, &Error{Bundle: t.shelf.name, Entry: path, Package: t.want.Package, Err: err}
		}
	}
	return t.r.Next()
}

// open begins to read at an entry.
func (t *taking) open(i int) error {
	s := t.shelf
	o := &only{want: func(e *Entry) bool { return e == t.want }, seek: s.seek}
	r := &Reader{Manifest: s.manifest, name: s.name, sum: sha256.New(), only: o, at: s.begin[i], next: i}
	in, err := o.open(s.begin[i], &r.work)
	if err == nil {
		r.in, t.r = in, r
	}
	return err
}
