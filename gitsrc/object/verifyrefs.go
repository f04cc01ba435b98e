package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	maxRefs     = 1 << 20 // references of a repository that are looked at
	maxRefsDeep = 32      // folders below each other that they lie in
)

var errDangling = fmt.Errorf("%w: it names no object that is there", ErrDamaged)

// VerifyRefs looks at what in a repository says which objects are meant, and how it is to
// be read. In [Fault] and sound files are below the repository, '/'-separated.
//
//	HEAD         an object, or a reference, which need not be there yet
//	refs/        an object that is there, or a reference to one
//	packed-refs  the same, as far as refs/ has not another of the name
//	shallow      names of commits
//	config       what git can read, and takes for its own
//	objects/     all that references lead to, but for parents of commits in shallow
//
// It returns what is wrong with them, and which of them say no more than they may: that a
// reference has not another object of the repository, only its server knows. Of a config
// that says more than libgit2 writes, and of all other files, nothing is known. It is for
// where nothing is wrong with the objects; if they are closed, as [Verify] says, they are not
// read again. The error is for what cannot be looked at at all, and for ctx.
func (db *DB) VerifyRefs(ctx context.Context, closed bool) (faults []Fault, sound []string, err error) {
	v := &refVerifier{db: db, ctx: ctx, loose: map[string]bool{}, shallow: map[plumbing.Hash]bool{}}
	v.note("HEAD", v.head())
	if err := v.folder("refs", 0); err != nil {
		return nil, nil, err
	}
	for file, look := range map[string]func([]byte) error{"packed-refs": v.packed, "shallow": v.shallows, "config": lookAtConfig} {
		data, err := fsx.ReadRegularIn(db.git, file, maxPackedRefs)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = look(data)
		} else {
			err = asDamage(err)
		}
		v.note(file, err)
	}
	if err := v.objects(closed); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(v.faults, func(a, b Fault) int { return strings.Compare(a.File, b.File) })
	return v.faults, v.sound, ctx.Err()
}

// refVerifier is one run of VerifyRefs.
type refVerifier struct {
	db     *DB
	ctx    context.Context
	loose  map[string]bool // references that have files of their own
	faults []Fault
	sound  []string

	named   []plumbing.Hash        // objects that references name
	shallow map[plumbing.Hash]bool // commits
}

// errMore is of a file that says more than can be judged.
var errMore = errors.New("nothing is known of what it says")

func (v *refVerifier) note(file string, err error) {
	switch {
	case err == nil:
		v.sound = append(v.sound, file)
	case err != errMore && v.ctx.Err() == nil:
		v.faults = append(v.faults, Fault{file, err})
	}
}

// head looks at HEAD. In a repository of Cargo's it is a branch that nobody ever fetches.
func (v *refVerifier) head() error {
	err := v.file(string(plumbing.HEAD))
	if err == errUnborn {
		return nil
	}
	return err
}

const symbolicPrefix = "ref: "

var (
	errNoRef  = fmt.Errorf("%w: it is no reference", ErrDamaged)
	errUnborn = fmt.Errorf("%w: it leads to a reference that is not there", ErrDamaged)
)

// file looks at a reference that has one, in the form in which git writes it.
func (v *refVerifier) file(name string) error {
	data, err := fsx.ReadRegularIn(v.db.git, filepath.FromSlash(name), maxRefSize)
	if err != nil {
		return asDamage(err)
	}
	text, whole := strings.CutSuffix(string(data), "\n")
	target, symbolic := strings.CutPrefix(text, symbolicPrefix)
	switch {
	case !whole || !symbolic && !isObject(text) || symbolic && !isRef(plumbing.ReferenceName(target)):
		return errNoRef
	case !symbolic:
		return v.has(plumbing.NewHash(text))
	}
	h, err := resolve(v.db.git, target)
	if errors.Is(err, fs.ErrNotExist) {
		return errUnborn
	}
	if err != nil {
		return asDamage(err)
	}
	return v.has(h)
}

// isObject reports whether a text is the name of an object as git writes it.
func isObject(text string) bool { return plumbing.IsHash(text) && strings.ToLower(text) == text }

// folder looks at the references in one. What git takes for none, such as those that
// somebody is writing, is passed over.
func (v *refVerifier) folder(dir string, depth int) error {
	entries, err := fsx.ReadDirIn(v.db.git, dir)
	switch {
	case err != nil:
		v.note(dir, asDamage(err))
		return nil
	case depth == maxRefsDeep:
		return &LimitError{"folders of references below each other", maxRefsDeep}
	}
	for _, e := range entries {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		name := path.Join(dir, e.Name())
		if e.IsDir() {
			if err := v.folder(name, depth+1); err != nil {
				return err
			}
			continue
		}
		if !isRef(plumbing.ReferenceName(name)) {
			continue
		}
		if len(v.loose) == maxRefs {
			return &LimitError{"references", maxRefs}
		}
		v.loose[name] = true
		v.note(name, v.file(name))
	}
	return nil
}

func (v *refVerifier) has(h plumbing.Hash) error {
	there, err := v.db.has(h)
	if err == nil && !there {
		err = errDangling
	}
	v.named = append(v.named, h)
	return err
}

// objects looks for what references lead to, where nothing else is wrong.
func (v *refVerifier) objects(closed bool) error {
	if closed || len(v.faults) > 0 || v.db.whyUnread() != nil {
		return nil
	}
	s := &search{db: v.db, ctx: v.ctx, shallow: v.shallow, seen: map[plumbing.Hash]bool{}}
	lacking, err := s.run(v.named)
	for _, h := range lacking {
		v.note("objects/"+LooseName(h.String()), lackingError{h})
	}
	return err
}

// asDamage: what can be read, and is no reference, is damage.
func asDamage(err error) error {
	if _, system := errors.AsType[*fs.PathError](err); system && !errors.Is(err, fsx.ErrTooLarge) && !errors.Is(err, fsx.ErrNotRegular) {
		return fsx.WithoutPath(err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, fsx.WithoutPath(err))
}

// packed looks at packed-refs: "OBJECT SP REF", and below that of a tag "^OBJECT", to which
// it leads. One that has a file of its own may have been forgotten here.
func (v *refVerifier) packed(data []byte) error {
	current, refs := false, 0 // whether the last line counts
	for n, line := range lines(data) {
		if n == 0 && strings.HasPrefix(line, "#") {
			continue
		}
		object, name, isRefLine := strings.Cut(line, " ")
		peeled, isPeeled := strings.CutPrefix(line, "^")
		switch {
		case isRefLine && isRef(plumbing.ReferenceName(name)):
			current = !v.loose[name]
		case isPeeled && n > 0 && !isRefLine:
			object = peeled
		default:
			object = ""
		}
		if !isObject(object) {
			return fmt.Errorf("%w: line %d is no reference", ErrDamaged, n+1)
		}
		if refs++; refs > maxRefs {
			return &LimitError{"references", maxRefs}
		}
		if !current {
			continue
		}
		if err := errors.Join(v.ctx.Err(), v.has(plumbing.NewHash(object))); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return nil
}

// shallows looks at the list of commits that lack their parents.
func (v *refVerifier) shallows(data []byte) error {
	for n, line := range lines(data) {
		if !isObject(line) {
			return fmt.Errorf("%w: line %d is no commit", ErrDamaged, n+1)
		}
		v.shallow[plumbing.NewHash(line)] = true
	}
	return nil
}

// lines yields lines without their ends, by their numbers from 0 on.
func lines(data []byte) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		n := 0
		for line := range bytes.Lines(data) {
			if !yield(n, strings.TrimSuffix(string(line), "\n")) {
				return
			}
			n++
		}
	}
}
