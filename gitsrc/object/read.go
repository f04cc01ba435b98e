package object

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-git/go-git/v5/plumbing"
)

// MaxBlob is the most bytes a file may have. Who hosts git takes none of 100 MB. One that
// is stored as a difference is held twice while it is read, and so may have but half of
// [MaxHeld]; and one whose line ends are changed a third.
const MaxBlob = 128 << 20

// reading is the reading of one object.
type reading struct {
	ctx    context.Context
	budget *Budget
	dec    *decoder
	limit  int64 // bytes the object may have
	factor int64 // how many times its size is held while it is used
}

// Read returns the bytes of an object of the given type, checked against its
// name; more than limit bytes are an error. The bytes are not to be changed. It is
// for what is small: blobs of any size are for [DB.Use]. The error is an [*ObjectError],
// unless ctx ends or the repository is closed.
func (db *DB) Read(ctx context.Context, h plumbing.Hash, want plumbing.ObjectType, limit int64) (data []byte, err error) {
	r := &reading{ctx: ctx, budget: db.budget, limit: limit, factor: 1}
	err = db.load(r, h, want, func(b []byte) error { data = b; return nil })
	return data, err
}

// Use calls f with the bytes of a blob, which are good until it returns. f may hold
// as many bytes again as often as factor-1 says. It must not read objects: it could
// be waited for by others who hold what it needs. The error is that of reading, as
// [DB.Read] has it, or f's own.
func (db *DB) Use(ctx context.Context, h plumbing.Hash, limit, factor int64, f func([]byte) error) error {
	r := &reading{ctx: ctx, budget: db.budget, limit: limit, factor: factor}
	return db.load(r, h, plumbing.BlobObject, f)
}

// load finds an object, and checks it.
func (db *DB) load(r *reading, h plumbing.Hash, want plumbing.ObjectType, f func([]byte) error) error {
	r.dec = db.decoders.Get().(*decoder)
	defer db.decoders.Put(r.dec)
	var used error
	err := db.find(r, h, func(typ plumbing.ObjectType, data []byte) error {
		if err := db.verify(h, want, typ, data); err != nil {
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
func (db *DB) verify(h plumbing.Hash, want, typ plumbing.ObjectType, data []byte) error {
	perByte := int64(workPerBlobByte)
	if want == plumbing.TreeObject {
		perByte = workPerTreeByte
	}
	if typ != want {
		return fmt.Errorf("%w: it is a %s, not a %s", ErrDamaged, typ, want)
	}
	if err := db.budget.Spend(perByte * int64(len(data))); err != nil {
		return err
	}
	if plumbing.ComputeHash(typ, data) != h {
		return fmt.Errorf("%w: its content has another hash", ErrDamaged)
	}
	return nil
}

// find calls f with an object, without looking at its content.
func (db *DB) find(r *reading, h plumbing.Hash, f func(plumbing.ObjectType, []byte) error) error {
	for _, dir := range db.dirs {
		if err := db.budget.Spend(workPerPackSearch * int64(len(dir.packs)+1)); err != nil {
			return err
		}
		if err := dir.load(r, h, f); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return db.missing()
}

func (db *DB) missing() error {
	return cmp.Or(db.whyUnread(), fmt.Errorf("%w: it is missing", ErrDamaged))
}

// has reports whether there is an object of a name, without reading it.
func (db *DB) has(h plumbing.Hash) (bool, error) {
	for _, dir := range db.dirs {
		if err := db.budget.Spend(workPerPackSearch * int64(len(dir.packs)+1)); err != nil {
			return false, err
		}
		if ok, err := dir.has(h); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (d *objectDir) has(h plumbing.Hash) (bool, error) {
	for _, p := range d.packs {
		if ok, err := p.has(h); ok || err != nil {
			return ok, err
		}
	}
	_, err := d.root.Stat(looseName(h))
	if errors.Is(err, fs.ErrNotExist) || d.isLost(h) {
		return false, nil
	}
	return err == nil, err
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

func tooLarge(what string, limit int64) error {
	return fmt.Errorf("%s is larger than %d bytes", what, limit)
}
