package object

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxLacking is how many objects are told of that are not there.
const maxLacking = 1000

// lackingError says that an object is not there which a reference leads to.
type lackingError struct{ object plumbing.Hash }

func (e lackingError) Error() string {
	return "object " + e.object.String() + " is missing, and a reference leads to it"
}

func (lackingError) Is(target error) bool { return target == fs.ErrNotExist }

// Steps for what is kept.
const (
	workPerSeen = 1024
	workPerNext = 512
)

// search goes from objects to all that they lead to.
type search struct {
	db      *DB
	ctx     context.Context
	shallow map[plumbing.Hash]bool // commits of which parents were never fetched
	seen    map[plumbing.Hash]bool // what is no file, and files that are not there
	next    []plumbing.Hash
	lacking []plumbing.Hash
	recent  recent
}

// run returns objects that are not there, maxLacking at most, in order. Those that are there
// were found to be sound before.
func (s *search) run(from []plumbing.Hash) ([]plumbing.Hash, error) {
	for _, h := range from {
		if err := s.add(h); err != nil {
			return nil, err
		}
	}
	for len(s.next) > 0 && len(s.lacking) < maxLacking {
		h := s.next[len(s.next)-1]
		s.next = s.next[:len(s.next)-1]
		s.db.budget.GiveBack(workPerNext)
		if err := s.follow(h); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(s.lacking, func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	return s.lacking, nil
}

// follow adds what an object leads to.
func (s *search) follow(h plumbing.Hash) error {
	if s.seen[h] {
		return nil
	}
	if ok, err := s.isThere(h); !ok || err != nil {
		return err
	}
	if err := s.keep(h); err != nil {
		return err
	}
	r := &reading{ctx: s.ctx, budget: s.db.budget, limit: MaxBlob, factor: 1, dec: s.db.decoders.Get().(*decoder)}
	defer s.db.decoders.Put(r.dec)
	err := s.db.find(r, h, func(typ plumbing.ObjectType, data []byte) error {
		if err := s.db.budget.Spend(workPerBlobByte * int64(len(data))); err != nil {
			return err
		}
		return eachLink(typ, data, func(to plumbing.Hash, kind linkKind) error {
			switch {
			case kind == toParent && s.shallow[h] || len(s.lacking) >= maxLacking:
				return nil
			case kind == toFile:
				_, err := s.isThere(to)
				return err
			}
			return s.add(to)
		})
	})
	return errors.Join(err, s.ctx.Err())
}

// keep remembers that an object was seen.
func (s *search) keep(h plumbing.Hash) error {
	s.seen[h] = true
	return s.db.budget.Spend(workPerSeen)
}

// isThere notes what is not.
func (s *search) isThere(h plumbing.Hash) (bool, error) {
	ok, err := s.recent.has(s.db, h)
	if !ok && err == nil && !s.seen[h] {
		s.lacking = append(s.lacking, h)
		err = s.keep(h)
	}
	return ok, err
}

func (s *search) add(h plumbing.Hash) error {
	if s.seen[h] {
		return nil
	}
	s.next = append(s.next, h)
	return s.db.budget.Spend(workPerNext)
}

// recent are some objects that are there: what was a folder at two times has most files in
// common.
type recent [1 << 12]plumbing.Hash

// has asks those who have objects for one that is not among them.
func (r *recent) has(in interface {
	has(plumbing.Hash) (bool, error)
}, h plumbing.Hash) (bool, error) {
	place := &r[(int(h[0])<<8|int(h[1]))%len(r)]
	if *place == h && !h.IsZero() {
		return true, nil
	}
	ok, err := in.has(h)
	if ok {
		*place = h
	}
	return ok, err
}

// linkKind is what an object is to another.
type linkKind uint8

const (
	toFile linkKind = iota
	toParent
	toOther // a commit's tree, a folder, what is tagged
)

// eachLink calls f with the objects that another leads to, but for commits of submodules.
func eachLink(typ plumbing.ObjectType, data []byte, f func(h plumbing.Hash, kind linkKind) error) error {
	switch typ {
	case plumbing.TreeObject:
		return eachEntry(data, f)
	case plumbing.CommitObject, plumbing.TagObject:
		return eachLine(data, f)
	}
	return nil
}

// eachEntry calls f with the files and folders of a tree.
func eachEntry(tree []byte, f func(h plumbing.Hash, kind linkKind) error) error {
	for len(tree) > 0 {
		mode, _, h, rest, err := cutEntry(tree)
		if err != nil {
			return err
		}
		tree = rest
		switch string(bytes.TrimLeft(mode, "0")) {
		case modeDir:
			err = f(h, toOther)
		case modeGitlink:
		default:
			err = f(h, toFile)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eachLine reads the lines of a commit or a tag that name objects.
func eachLine(head []byte, f func(h plumbing.Hash, kind linkKind) error) error {
	for line := range bytes.Lines(head) {
		key, id, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
		kind := toOther
		switch string(key) {
		case "":
			return nil
		case "parent":
			kind = toParent
		case "tree", "object":
		default:
			continue
		}
		if !plumbing.IsHash(string(id)) {
			continue
		}
		if err := f(plumbing.NewHash(string(id)), kind); err != nil {
			return err
		}
	}
	return nil
}
