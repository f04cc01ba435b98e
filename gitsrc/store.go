package gitsrc

import (
	"bytes"
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
	outside  []string     // alternates that were not followed
	bases    baseCache
	decoders sync.Pool
}

// objectDir is one folder of objects.
type objectDir struct {
	path  string // for linking; "" if not known
	root  *os.Root
	packs []*pack
}

// openStore opens the repository's own objects. It takes over root.
func openStore(root *os.Root) (*store, error) {
	s := &store{git: root, decoders: sync.Pool{New: func() any { return newDecoder() }}}
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
	packs, err := openPacks(objects)
	s.dirs = append(s.dirs, &objectDir{path, objects, packs})
	return err
}

// read returns the bytes of an object of the given type, checked against its
// name; more than limit bytes are an error. The bytes are not to be changed.
func (s *store) read(h plumbing.Hash, want plumbing.ObjectType, limit int64) ([]byte, error) {
	typ, data, err := s.load(h, limit)
	switch {
	case errors.Is(err, fs.ErrClosed):
		return nil, fs.ErrClosed
	case err != nil:
	case typ != want:
		err = fmt.Errorf("%w: it is a %s, not a %s", ErrDamaged, typ, want)
	case plumbing.ComputeHash(typ, data) != h:
		err = fmt.Errorf("%w: its content has another hash", ErrDamaged)
	}
	if err != nil {
		return nil, &ObjectError{h.String(), err}
	}
	return data, nil
}

// load reads an object without looking at its content.
func (s *store) load(h plumbing.Hash, limit int64) (plumbing.ObjectType, []byte, error) {
	d := s.decoders.Get().(*decoder)
	defer s.decoders.Put(d)
	for _, dir := range s.dirs {
		typ, data, err := dir.load(d, &s.bases, h, limit)
		if !errors.Is(err, fs.ErrNotExist) {
			return typ, data, err
		}
	}
	return 0, nil, s.missing()
}

func (s *store) missing() error {
	if len(s.outside) > 0 {
		return fmt.Errorf("%w: it is missing; the repository borrows objects from %q, which lies outside the Cargo home and is not read", ErrDamaged, s.outside[0])
	}
	return fmt.Errorf("%w: it is missing", ErrDamaged)
}

// has reports whether there is an object of a name, without reading it.
func (s *store) has(h plumbing.Hash) (bool, error) {
	for _, dir := range s.dirs {
		for _, p := range dir.packs {
			if _, ok, err := p.find(h); ok || err != nil {
				return ok, err
			}
		}
		if _, err := dir.root.Stat(looseName(h)); err == nil {
			return true, nil
		}
	}
	return false, nil
}

func (d *objectDir) load(dec *decoder, bases *baseCache, h plumbing.Hash, limit int64) (plumbing.ObjectType, []byte, error) {
	for _, p := range d.packs {
		offset, ok, err := p.find(h)
		if err != nil {
			return 0, nil, err
		}
		if ok {
			typ, data, err := p.read(dec, bases, offset, limit)
			if !errors.Is(err, fs.ErrNotExist) { // an index whose pack is gone
				return typ, data, err
			}
		}
	}
	return d.loose(dec, h, limit)
}

func looseName(h plumbing.Hash) string {
	name := h.String()
	return filepath.Join(name[:2], name[2:])
}

// loose reads ab/cdef…: a zlib stream of "TYPE SIZE\0" and the content.
func (d *objectDir) loose(dec *decoder, h plumbing.Hash, limit int64) (plumbing.ObjectType, []byte, error) {
	f, fi, err := fsx.OpenRegularIn(d.root, looseName(h))
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	dec.seek(f, 0, fi.Size())
	if err := dec.start(); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	data, err := io.ReadAll(io.LimitReader(dec.z, limit+maxLooseHead))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return splitLoose(data, limit)
}

func splitLoose(data []byte, limit int64) (plumbing.ObjectType, []byte, error) {
	head, content, _ := bytes.Cut(data, []byte{0})
	name, size, _ := bytes.Cut(head, []byte{' '})
	typ, err := plumbing.ParseObjectType(string(name[:min(len(name), maxLooseHead)]))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: no object begins with %q", ErrDamaged, name[:min(len(name), maxLooseHead)])
	}
	n, err := strconv.ParseInt(string(size[:min(len(size), maxLooseHead)]), 10, 64)
	if err == nil && n > limit {
		return 0, nil, tooLarge("the object", limit)
	}
	if err != nil || n != int64(len(content)) {
		return 0, nil, fmt.Errorf("%w: its size is not the one it states", ErrDamaged)
	}
	return typ, content, nil
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
		most = max(most, dir.sharedLoose(h))
	}
	return most, nil
}

func (d *objectDir) sharedLoose(h plumbing.Hash) (most int) {
	first := h.String()[:2]
	entries, _ := fsx.ReadDirIn(d.root, first)
	for _, e := range entries {
		name := strings.ToLower(first + e.Name())
		if other := plumbing.NewHash(name); plumbing.IsHash(name) && other != h {
			most = max(most, sharedDigits(h, other))
		}
	}
	return most
}

func (s *store) close() error {
	errs := []error{s.git.Close()}
	for _, dir := range s.dirs {
		for _, p := range dir.packs {
			errs = append(errs, p.close())
		}
		errs = append(errs, dir.root.Close())
	}
	s.bases.close()
	return errors.Join(errs...)
}
