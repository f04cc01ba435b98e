package gitsrc

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxLooseHead is more than "commit 18446744073709551615\0" takes.
const maxLooseHead = 64

// ErrDamaged is matched by errors for objects that are missing where others need
// them, or that are not what they should be. It does not match fs.ErrNotExist: a
// tree that names an object the repository lacks is damage, not absence.
var ErrDamaged = errors.New("damaged repository")

// ObjectError says which object could not be had.
type ObjectError struct {
	Object string // its name, 40 hexadecimal digits
	Err    error
}

func (e *ObjectError) Error() string { return "object " + e.Object + ": " + e.Err.Error() }
func (e *ObjectError) Unwrap() error { return e.Err }

// store reads objects by name. It is safe for concurrent use.
type store struct {
	git      *os.Root
	dirs     []*objectDir // the repository's own, then its alternates
	unread   []error      // alternates that were passed over, and why
	budget   *budget
	proven   proven
	decoders sync.Pool
}

// reading is the reading of one object.
type reading struct {
	ctx    context.Context
	budget *budget
	dec    *decoder
	limit  int64 // bytes the object may have
	factor int64 // how many times its size is held while it is used
}

// objectDir is one folder of objects.
type objectDir struct {
	path  string // for linking; "" if not known
	root  *os.Root
	packs []*pack
}

// openStore opens the repository's own objects. It takes over root. What reading
// them takes is counted by b.
func openStore(root *os.Root, b *budget) (*store, error) {
	s := &store{git: root, budget: b, decoders: sync.Pool{New: func() any { return newDecoder() }}}
	objects, err := fsx.OpenRootIn(root, "objects")
	if err == nil {
		err = s.add(objects, "")
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// add opens the packs of a folder of objects, which s takes over.
func (s *store) add(objects *os.Root, path string) error {
	packs, err := openPacks(objects, s.budget)
	s.dirs = append(s.dirs, &objectDir{path, objects, packs})
	return err
}

// read returns the bytes of an object of the given type, checked against its
// name; more than limit bytes are an error. The bytes are not to be changed. It is
// for what is small: blobs of any size are for use.
func (s *store) read(ctx context.Context, h plumbing.Hash, want plumbing.ObjectType, limit int64) (data []byte, err error) {
	r := &reading{ctx: ctx, budget: s.budget, limit: limit, factor: 1}
	err = s.load(r, h, want, func(b []byte) error { data = b; return nil })
	return data, err
}

// use calls f with the bytes of a blob, which are good until it returns. f may hold
// as many bytes again as often as factor-1 says. It must not read objects: it could
// be waited for by others who hold what it needs.
func (s *store) use(ctx context.Context, h plumbing.Hash, limit, factor int64, f func([]byte) error) error {
	r := &reading{ctx: ctx, budget: s.budget, limit: limit, factor: factor}
	return s.load(r, h, plumbing.BlobObject, f)
}

// load finds an object, and checks it.
func (s *store) load(r *reading, h plumbing.Hash, want plumbing.ObjectType, f func([]byte) error) error {
	r.dec = s.decoders.Get().(*decoder)
	defer s.decoders.Put(r.dec)
	var used error
	err := s.find(r, h, func(typ plumbing.ObjectType, data []byte) error {
		if err := s.verify(h, want, typ, data); err != nil {
			return err
		}
		used = f(data)
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrClosed):
		return fs.ErrClosed
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case err != nil:
		return &ObjectError{h.String(), err}
	}
	return used
}

// verify asks whether data is the object that is called h.
func (s *store) verify(h plumbing.Hash, want, typ plumbing.ObjectType, data []byte) error {
	perByte := int64(workPerBlobByte)
	if want == plumbing.TreeObject {
		perByte = workPerTreeByte
	}
	if typ != want {
		return fmt.Errorf("%w: it is a %s, not a %s", ErrDamaged, typ, want)
	}
	if err := s.budget.spend(perByte * int64(len(data))); err != nil {
		return err
	}
	if plumbing.ComputeHash(typ, data) != h {
		return fmt.Errorf("%w: its content has another hash", ErrDamaged)
	}
	return nil
}

// find calls f with an object, without looking at its content.
func (s *store) find(r *reading, h plumbing.Hash, f func(plumbing.ObjectType, []byte) error) error {
	for _, dir := range s.dirs {
		if err := s.budget.spend(workPerPackSearch * int64(len(dir.packs)+1)); err != nil {
			return err
		}
		if err := dir.load(r, h, f); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.missing()
}

func (s *store) missing() error {
	return cmp.Or(s.whyUnread(), fmt.Errorf("%w: it is missing", ErrDamaged))
}

// has reports whether there is an object of a name, without reading it.
func (s *store) has(h plumbing.Hash) (bool, error) {
	for _, dir := range s.dirs {
		if err := s.budget.spend(workPerPackSearch * int64(len(dir.packs)+1)); err != nil {
			return false, err
		}
		for _, p := range dir.packs {
			if _, ok, err := p.find(h); ok || err != nil {
				return ok, err
			}
		}
		if _, err := dir.root.Stat(looseName(h)); !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

func (d *objectDir) load(r *reading, h plumbing.Hash, f func(plumbing.ObjectType, []byte) error) error {
	for _, p := range d.packs {
		offset, ok, err := p.find(h)
		if err != nil {
			return err
		}
		if ok {
			err := p.read(r, offset, f)
			if !errors.Is(err, fs.ErrNotExist) { // an index whose pack is gone
				return err
			}
		}
	}
	return d.loose(r, h, f)
}

func looseName(h plumbing.Hash) string {
	name := h.String()
	return filepath.Join(name[:2], name[2:])
}

// loose reads ab/cdef…: a zlib stream of "TYPE SIZE\0" and the content.
func (d *objectDir) loose(r *reading, h plumbing.Hash, f func(plumbing.ObjectType, []byte) error) error {
	file, fi, err := fsx.OpenRegularIn(d.root, looseName(h))
	if err != nil {
		return err
	}
	defer file.Close()
	r.dec.seek(file, 0, fi.Size())
	begin, err := r.dec.peek(maxLooseHead)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	typ, size, begin, err := splitLoose(begin)
	switch {
	case err != nil:
		return err
	case size > r.limit:
		return tooLarge("the object", r.limit)
	case r.factor*size > maxHeld:
		return tooLarge("what an object is made of", maxHeld)
	case size < int64(len(begin)), !inflatesTo(fi.Size(), size):
		return errLooseSize
	}
	if err := r.budget.spend(size); err != nil {
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
	return f(typ, data)
}

var errLooseSize = fmt.Errorf("%w: its size is not the one it states", ErrDamaged)

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

// shared returns how many digits the name h has in common with the one most like
// it of all other objects.
func (s *store) shared(h plumbing.Hash) (most int, err error) {
	for _, dir := range s.dirs {
		for _, p := range dir.packs {
			n, err := p.shared(h)
			if err != nil {
				return 0, err
			}
			most = max(most, n)
		}
		n, err := dir.sharedLoose(h)
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
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

func (s *store) close() error {
	errs := []error{s.git.Close()}
	packs := map[*pack]bool{}
	for _, dir := range s.dirs {
		for _, p := range dir.packs {
			errs = append(errs, p.close())
			packs[p] = true
		}
		errs = append(errs, dir.root.Close())
	}
	s.budget.bases.forget(packs)
	return errors.Join(errs...)
}
