package object

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"cargohome/internal/fsx"
	"cargohome/internal/par"

	"github.com/go-git/go-git/v5/plumbing"
)

// Fault says what is wrong with a file of a repository.
type Fault struct {
	File string // below the folder of objects, '/'-separated
	Err  error  // matches [ErrDamaged], or else it could not be found out
}

var (
	errNoIndexFile = fmt.Errorf("%w: it is missing, and with it all objects of its pack", ErrDamaged)
	errNoPackFile  = fmt.Errorf("%w: it is missing, of which there is an index", ErrDamaged)
	errSum         = fmt.Errorf("%w: its content has another hash than it says", ErrDamaged)
	errOtherPack   = fmt.Errorf("%w: it is the index of another pack", ErrDamaged)
)

// Verify reads all that is in the folder objects of a repository in dir, loose and in
// packs: packs and indexes must hash to what they say of themselves, and agree on each
// other; every object must hash to its name. Objects that are borrowed are not looked
// at. It returns what is wrong, in order of the files, and whether all is there that any of
// the objects leads to. With jobs 0 there are as many workers as processors. The error is for
// what cannot be looked at at all, and for ctx.
func Verify(ctx context.Context, dir string, jobs int) (faults []Fault, closed bool, err error) {
	root, err := fsx.OpenRootBelow(dir, "objects")
	if err != nil {
		return nil, false, err
	}
	defer root.Close()
	v := &verifier{ctx: ctx, root: root, budget: NewBudget(), jobs: jobs, all: &objectDir{root: root}}
	v.all.packs, err = openPacks(root, v.budget)
	v.gaps.Store(err != nil)
	err = errors.Join(v.packs(), v.loose(), ctx.Err())
	for _, p := range v.all.packs {
		err = errors.Join(err, p.close())
	}
	if err != nil {
		return nil, false, err
	}
	slices.SortStableFunc(v.faults, func(a, b Fault) int { return strings.Compare(a.File, b.File) })
	return v.faults, !v.gaps.Load(), nil
}

// verifier verifies one folder of objects.
type verifier struct {
	ctx    context.Context
	root   *os.Root
	budget *Budget
	jobs   int
	faults []Fault

	all  *objectDir
	gaps atomic.Bool // something leads to what is not in all
}

// seeker is a worker, and what it saw last.
type seeker struct {
	*decoder
	recent *recent
}

func newSeeker() seeker { return seeker{newDecoder(), &recent{}} }

func (v *verifier) fault(file string, err error) {
	if err != nil && v.ctx.Err() == nil {
		v.faults = append(v.faults, Fault{file, fsx.WithoutPath(err)})
	}
}

// packs verifies each pack with its index.
func (v *verifier) packs() error {
	entries, err := v.list("pack")
	there := map[string]bool{}
	for _, e := range entries {
		there[e.Name()] = true
	}
	for _, e := range entries {
		base, isIdx := strings.CutSuffix(e.Name(), ".idx")
		if other, isPack := strings.CutSuffix(e.Name(), ".pack"); isPack && strings.HasPrefix(other, "pack-") && !there[other+".idx"] {
			v.fault(path.Join("pack", other+".idx"), errNoIndexFile)
		}
		switch name := path.Join("pack", base); {
		case !isIdx || !strings.HasPrefix(base, "pack-"):
		case !there[base+".pack"]:
			v.fault(name+".pack", errNoPackFile)
		default:
			v.pack(name)
		}
	}
	return err
}

// list lists a folder, which need not be there.
func (v *verifier) list(name string) ([]fs.DirEntry, error) {
	entries, err := fsx.ReadDirIn(v.root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

// pack looks at the objects of a pack only if both files have the bytes that they were
// written with.
func (v *verifier) pack(name string) {
	idx, idxErr := v.sum(name+".idx", int64(2*plumbingHashSize))
	data, packErr := v.sum(name+".pack", int64(plumbingHashSize))
	v.fault(name+".idx", idxErr)
	v.fault(name+".pack", packErr)
	if idxErr != nil || packErr != nil {
		return
	}
	if !bytes.Equal(idx[:plumbingHashSize], data) {
		v.fault(name+".idx", errOtherPack)
		return
	}
	p, err := openPack(v.root, name, v.budget)
	if err != nil {
		v.fault(name+".idx", err)
		return
	}
	defer p.close()
	if err := v.checkCount(p); err != nil {
		v.fault(name+".pack", err)
		return
	}
	v.fault(name+".pack", v.objectsOf(p))
}

// sum reads a file that ends in the hash of all that is before it, and returns so many
// bytes of its end.
func (v *verifier) sum(name string, end int64) ([]byte, error) {
	f, info, err := fsx.OpenRegularIn(v.root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.Size() < end {
		return nil, errSum
	}
	hash, buf := sha1.New(), make([]byte, 256<<10)
	body := io.LimitReader(f, info.Size()-int64(plumbingHashSize))
	for err == nil {
		var n int
		n, err = body.Read(buf)
		hash.Write(buf[:n])
		err = cmp.Or(err, v.ctx.Err())
	}
	tail := make([]byte, end)
	if err == io.EOF {
		_, err = f.ReadAt(tail, info.Size()-end)
	}
	if err == nil && !bytes.Equal(hash.Sum(nil), tail[len(tail)-plumbingHashSize:]) {
		err = errSum
	}
	return tail, err
}

// checkCount compares what a pack begins with with its index.
func (v *verifier) checkCount(p *pack) error {
	f, err := p.open()
	if err != nil {
		return err
	}
	var head [12]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return fmt.Errorf("%w: %w", errPack, unexpected(err))
	}
	if n := int64(binary.BigEndian.Uint32(head[8:])); !bytes.HasPrefix(head[:], []byte("PACK\x00\x00\x00\x02")) || n != p.count() {
		return fmt.Errorf("%w: it says that it has %d objects, its index %d", errPack, n, p.count())
	}
	return nil
}

// placed is an object of a pack.
type placed struct{ number, offset int64 }

// inOrder lists the objects of a pack in the order in which they lie there.
func (p *pack) inOrder() ([]placed, error) {
	if p.count() > maxReachable {
		return nil, &LimitError{"objects in a pack", maxReachable}
	}
	all := make([]placed, p.count())
	for n := range all {
		offset, err := p.offset(int64(n))
		if err != nil {
			return nil, err
		}
		all[n] = placed{int64(n), offset}
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(a.offset, b.offset) })
	return all, nil
}

// objectsOf reads each object of a pack, in order, as many are differences to one before. It
// returns the first that is wrong.
func (v *verifier) objectsOf(p *pack) error {
	all, err := p.inOrder()
	if err != nil {
		return err
	}
	const chunk = 256
	errs := par.Do(v.ctx, v.jobs, (len(all)+chunk-1)/chunk, newSeeker, func(s seeker, i int) error {
		for _, o := range all[i*chunk : min(len(all), (i+1)*chunk)] {
			if err := v.object(p, s, o); err != nil {
				return err
			}
		}
		return nil
	})
	return cmp.Or(errs...)
}

func (v *verifier) object(p *pack, s seeker, o placed) error {
	var name plumbing.Hash
	if err := p.nameAt(o.number, &name); err != nil {
		return err
	}
	if err := p.read(v.reading(s.decoder), o.offset, v.isCalled(name, s)); err != nil {
		return &ObjectError{name.String(), err}
	}
	return v.ctx.Err()
}

func (v *verifier) reading(d *decoder) *reading {
	return &reading{ctx: v.ctx, budget: v.budget, dec: d, limit: MaxBlob, factor: 1}
}

// isCalled asks whether an object hashes to a name, and looks for what it leads to.
func (v *verifier) isCalled(name plumbing.Hash, s seeker) func(plumbing.ObjectType, []byte) error {
	return func(typ plumbing.ObjectType, data []byte) error {
		if err := v.budget.Spend(workPerBlobByte * int64(len(data))); err != nil {
			return err
		}
		if plumbing.ComputeHash(typ, data) != name {
			return fmt.Errorf("%w: its content has another hash", ErrDamaged)
		}
		if !v.gaps.Load() && eachLink(typ, data, s.isIn(v.all)) != nil {
			v.gaps.Store(true)
		}
		return nil
	}
}

// isIn asks whether links lead to what is in a folder of objects.
func (s seeker) isIn(dir *objectDir) func(plumbing.Hash, linkKind) error {
	return func(h plumbing.Hash, _ linkKind) error {
		if ok, err := s.recent.has(dir, h); !ok || err != nil {
			return fs.ErrNotExist
		}
		return nil
	}
}

// loose verifies the objects that have files of their own.
func (v *verifier) loose() error {
	dirs, err := v.list(".")
	d := &objectDir{root: v.root}
	s := newSeeker()
	for _, dir := range dirs {
		if !dir.IsDir() || len(dir.Name()) != 2 || !plumbing.IsHash(dir.Name()+strings.Repeat("0", 38)) {
			continue
		}
		entries, err := v.list(dir.Name())
		v.fault(dir.Name(), err)
		for _, e := range entries {
			if err := v.ctx.Err(); err != nil {
				return err
			}
			id := dir.Name() + e.Name()
			if !plumbing.IsHash(id) {
				continue // of somebody who is writing one
			}
			v.fault(path.Join(dir.Name(), e.Name()), d.loose(v.reading(s.decoder), plumbing.NewHash(id), v.isCalled(plumbing.NewHash(id), s)))
		}
	}
	return err
}
