package gitsrc

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxLooseHead is more than "commit 18446744073709551615\0" takes.
const maxLooseHead = 64

// errObject is wrapped by errors for objects that are missing or not what they
// should be. It does not match fs.ErrNotExist: a tree that names an object the
// repository lacks is damage, not absence.
var errObject = errors.New("damaged repository")

// store reads objects by name. It is not safe for concurrent use.
type store struct {
	root  *os.Root
	packs []*pack
}

func openStore(root *os.Root) (*store, error) {
	packs, err := openPacks(root)
	s := &store{root, packs}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// read returns the bytes of an object of the given type, checked against its
// name; more than limit bytes are an error.
func (s *store) read(h plumbing.Hash, want plumbing.ObjectType, limit int64) ([]byte, error) {
	typ, data, err := s.find(h, limit)
	switch {
	case err != nil:
		return nil, fmt.Errorf("object %s: %w", h, err)
	case typ != want:
		return nil, fmt.Errorf("object %s: %w: it is a %s, not a %s", h, errObject, typ, want)
	case plumbing.ComputeHash(typ, data) != h:
		return nil, fmt.Errorf("object %s: %w: its content has another hash", h, errObject)
	}
	return data, nil
}

func (s *store) find(h plumbing.Hash, limit int64) (plumbing.ObjectType, []byte, error) {
	for _, p := range s.packs {
		offset, ok, err := p.find(h)
		if err != nil {
			return 0, nil, err
		}
		if ok {
			return p.read(offset, limit)
		}
	}
	typ, data, err := s.loose(h, limit)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: it is missing", errObject)
	}
	return typ, data, err
}

// loose reads objects/ab/cdef…: a zlib stream of "TYPE SIZE\0" and the content.
func (s *store) loose(h plumbing.Hash, limit int64) (plumbing.ObjectType, []byte, error) {
	name := h.String()
	f, _, err := openRegular(s.root, filepath.Join("objects", name[:2], name[2:]))
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	z, err := zlib.NewReader(f)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errObject, err)
	}
	data, err := io.ReadAll(io.LimitReader(z, limit+maxLooseHead))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errObject, err)
	}
	return splitLoose(data, limit)
}

func splitLoose(data []byte, limit int64) (plumbing.ObjectType, []byte, error) {
	head, content, _ := bytes.Cut(data, []byte{0})
	name, size, _ := bytes.Cut(head, []byte{' '})
	typ, err := plumbing.ParseObjectType(string(name[:min(len(name), maxLooseHead)]))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: no object begins with %q", errObject, name[:min(len(name), maxLooseHead)])
	}
	n, err := strconv.ParseInt(string(size[:min(len(size), maxLooseHead)]), 10, 64)
	if err == nil && n > limit {
		return 0, nil, tooLarge("the object", limit)
	}
	if err != nil || n != int64(len(content)) {
		return 0, nil, fmt.Errorf("%w: its size is not the one it states", errObject)
	}
	return typ, content, nil
}

func (s *store) close() error {
	var errs []error
	for _, p := range s.packs {
		errs = append(errs, p.close())
	}
	return errors.Join(append(errs, s.root.Close())...)
}
