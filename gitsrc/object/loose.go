package object

import (
	"bytes"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxLooseHead is more than "commit 18446744073709551615\0" takes.
const maxLooseHead = 64

// LooseName is where an object of a full id lies if it has a file of its own, below the
// folder of objects, '/'-separated.
func LooseName(id string) string { return id[:2] + "/" + id[2:] }

func looseName(h plumbing.Hash) string { return filepath.FromSlash(LooseName(h.String())) }

// loose reads ab/cdef…: a zlib stream of "TYPE SIZE\0" and the content, with nothing behind
// it. Git reads none that does not end as it should (libgit2 1.9: read_loose_standard).
func (d *objectDir) loose(r *reading, h plumbing.Hash, f func(plumbing.ObjectType, []byte) error) error {
	if d.isLost(h) {
		return fs.ErrNotExist
	}
	file, fi, err := fsx.OpenRegularIn(d.root, looseName(h))
	if err != nil {
		return err
	}
	defer file.Close()
	r.dec.seek(file, 0, fi.Size())
	head, err := r.dec.peek(maxLooseHead)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	typ, size, begin, err := splitLoose(head)
	switch {
	case err != nil:
		return err
	case size > r.limit:
		return tooLarge("the object", r.limit)
	case r.factor*size > MaxHeld:
		return tooLarge("what an object is made of", MaxHeld)
	case size < int64(len(begin)), !inflatesTo(fi.Size(), size):
		return errLooseSize
	}
	if err := r.budget.Spend(size); err != nil {
		return err
	}
	defer r.budget.held.take(r.factor * size)()
	data := make([]byte, size)
	_, err = io.ReadFull(r.dec.z, data[copy(data, begin):])
	if err == nil {
		err = r.dec.end()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errLooseSize, err)
	}
	sum := adler32.New()
	sum.Write(head[:len(head)-len(begin)])
	sum.Write(data)
	if err := r.dec.checkSum(sum.Sum32()); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if r.dec.left() > 0 {
		return errLooseMore
	}
	return f(typ, data)
}

var (
	errLooseSize = fmt.Errorf("%w: its size is not the one it states", ErrDamaged)
	errLooseMore = fmt.Errorf("%w: it goes on behind its end", ErrDamaged)
)

// splitLoose reads what a loose object begins with; content is what follows.
func splitLoose(data []byte) (typ plumbing.ObjectType, n int64, content []byte, err error) {
	head, content, ok := bytes.Cut(data, []byte{0})
	name, size, _ := bytes.Cut(head, []byte{' '})
	if typ, err = plumbing.ParseObjectType(string(name)); err != nil {
		return 0, 0, nil, fmt.Errorf("%w: no object begins with %q", ErrDamaged, name)
	}
	n, err = strconv.ParseInt(string(size), 10, 64)
	if err != nil || !ok || n < 0 || n > maxEntrySize {
		return 0, 0, nil, errLooseSize
	}
	return typ, n, content, nil
}

func (d *objectDir) sharedLoose(h plumbing.Hash) (most int, err error) {
	first := h.String()[:2]
	entries, err := fsx.ReadDirIn(d.root, first)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	for _, e := range entries {
		name := strings.ToLower(first + e.Name())
		if other := plumbing.NewHash(name); plumbing.IsHash(name) && other != h {
			most = max(most, sharedDigits(h, other))
		}
	}
	return most, err
}
