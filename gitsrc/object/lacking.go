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

// search goes from objects to all that they lead to: of tags to what is tagged, of commits to
// their trees and parents, of trees to what is in them, but for commits of submodules.
type search struct {
	db      *DB
	ctx     context.Context
	shallow map[plumbing.Hash]bool // commits of which parents were never fetched
	seen    map[plumbing.Hash]bool // what is no file, and files that are not there
	next    []plumbing.Hash
	lacking []plumbing.Hash
	recent  [1 << 12]plumbing.Hash // some that are there: the trees of one folder have most files in common
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
	return errors.Join(s.db.find(r, h, func(typ plumbing.ObjectType, data []byte) error {
		switch typ {
		case plumbing.TreeObject:
			return s.tree(data)
		case plumbing.CommitObject, plumbing.TagObject:
			return s.head(data, s.shallow[h])
		}
		return nil
	}), s.ctx.Err())
}

// keep remembers that an object was seen.
func (s *search) keep(h plumbing.Hash) error {
	s.seen[h] = true
	return s.db.budget.Spend(workPerSeen)
}

// isThere notes what is not.
func (s *search) isThere(h plumbing.Hash) (bool, error) {
	recent := &s.recent[(int(h[0])<<8|int(h[1]))%len(s.recent)]
	if *recent == h && h != plumbing.ZeroHash {
		return true, nil
	}
	ok, err := s.db.has(h)
	switch {
	case ok:
		*recent = h
	case err == nil && !s.seen[h]:
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

func (s *search) tree(data []byte) error {
	if err := s.db.budget.Spend(workPerBlobByte * int64(len(data))); err != nil {
		return err
	}
	for len(data) > 0 {
		mode, _, h, rest, err := cutEntry(data)
		if err != nil {
			return err
		}
		data = rest
		switch string(bytes.TrimLeft(mode, "0")) {
		case modeDir:
			err = s.add(h)
		case modeGitlink:
		default:
			_, err = s.isThere(h)
		}
		if err != nil || len(s.lacking) >= maxLacking {
			return err
		}
	}
	return nil
}

// head reads the lines of a commit or a tag that name objects.
func (s *search) head(data []byte, isShallow bool) error {
	for line := range bytes.Lines(data) {
		key, id, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
		isLink := string(key) == "tree" || string(key) == "object" || string(key) == "parent" && !isShallow
		switch {
		case len(key) == 0:
			return nil
		case !isLink || !plumbing.IsHash(string(id)):
			continue
		}
		if err := s.add(plumbing.NewHash(string(id))); err != nil {
			return err
		}
	}
	return nil
}
