package vendoring

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

// Stores returns the store of a source, the same each time.
type Stores func(crate.SourceID) (Store, error)

// Located is the result of [Locate].
type Located struct {
	Steps []Step   // each with an archive and the checksum it must have
	Notes []string // what could not be cross-checked, for people
}

// Locate finds for each step the copies of its archive, or its files in the
// repository it comes from, and settles the checksum: that of the lockfile and
// that of the index must agree. A missing index is only a note. A checksum that
// the lockfile lacks is not taken from the index: cargo would write it into the
// lockfile, and without it there no build accepts the package.
//
// If packages are missing, or checksums disagree, the error is a [GapsError]
// that lists all of them; to make that list complete the archives that are
// there are hashed before it is returned.
func Locate(ctx context.Context, jobs int, steps []Step, stores Stores) (*Located, error) {
	batches, err := batch(steps, stores)
	if err != nil {
		return nil, err
	}
	findings := make([]finding, len(steps))
	errs := par.Do(ctx, jobs, len(batches), noState, func(_ struct{}, i int) error {
		return batches[i].locate(ctx, steps, findings)
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	gaps := GapsError{}
	var notes noteCounter
	for i, f := range findings {
		gaps.add(steps[i], f)
		notes.add(steps[i].ID.Source, f.unlisted)
	}
	if len(gaps.Gaps) == 0 {
		return &Located{Steps: steps, Notes: notes.text()}, nil
	}
	gaps.addCorrupt(hashAll(ctx, jobs, steps, findings))
	return nil, &gaps
}

// work is some steps of one store.
type work struct {
	store Store
	steps []int
}

// batch asks for the store of each source once, so that an error is not repeated for
// all its packages. Those of a repository stay together, all others are alone.
func batch(steps []Step, stores Stores) ([]*work, error) {
	var list []*work
	var errs []error
	made := map[crate.SourceID]*work{}
	for i, s := range steps {
		w, asked := made[s.ID.Source]
		if !asked {
			store, err := stores(s.ID.Source)
			if err != nil {
				errs = append(errs, fmt.Errorf("packages of %s: %w", s.ID.Source.Display(), err))
			}
			w = &work{store: store}
			made[s.ID.Source] = w
		}
		if _, together := w.store.(repository); !together {
			w = &work{store: w.store}
		}
		if len(w.steps) == 0 {
			list = append(list, w)
		}
		w.steps = append(w.steps, i)
	}
	return list, errors.Join(errs...)
}

func (w *work) locate(ctx context.Context, steps []Step, findings []finding) error {
	list := make([]*Step, len(w.steps))
	for i, n := range w.steps {
		list[i] = &steps[n]
	}
	found, err := w.store.locate(ctx, list)
	if err != nil {
		return err
	}
	for i, n := range w.steps {
		findings[n] = found[i]
		if found[i].gap == none && steps[n].Checksum == nil && steps[n].ID.Source.IsRegistry() {
			findings[n].gap = Unvouched
		}
	}
	return nil
}

func noState() struct{} { return struct{}{} }

// finding is what locate says of one step.
type finding struct {
	gap      Gap
	detail   string
	cause    error  // see [GapItem]
	place    string // see [GapItem]
	unlisted error  // why the index does not vouch for it
}

// locate implements Store.
func (r archives) locate(ctx context.Context, steps []*Step) ([]finding, error) {
	findings := make([]finding, len(steps))
	for i, s := range steps {
		findings[i] = r.find(ctx, s)
	}
	return findings, nil
}

func (r archives) find(ctx context.Context, s *Step) finding {
	f := s.findArchives(r)
	f.place = r.place
	entry, err := r.Lookup(s.ID)
	if err != nil {
		f.unlisted = err
	} else {
		s.crossCheck(ctx, entry, &f)
	}
	if f.gap == Missing && errors.Is(err, index.ErrNoIndex) {
		f.gap = NoRegistry
	}
	return f
}

// crossCheck compares the checksum of the lockfile with that of the index.
func (s *Step) crossCheck(ctx context.Context, entry index.Entry, f *finding) {
	if f.gap == none && s.Checksum != nil && entry.ChecksumText != s.Checksum.String() {
		f.gap, f.detail = Disagreeing, s.whoDiffers(ctx, entry.ChecksumText)
	}
}

// findArchives keeps the copies that hold anything.
func (s *Step) findArchives(store archives) finding {
	f := finding{gap: Missing}
	for a, err := range store.Archives(s.ID) {
		switch {
		case err != nil:
			f.gap, f.detail = Unreadable, err.Error()
			if !errors.Is(err, home.ErrNotRegular) {
				f.cause = err
			}
		case a.Size == 0:
			f.gap, f.detail = Empty, a.Path // cargo: not downloaded
		default:
			s.archives = append(s.archives, a)
		}
	}
	if len(s.archives) > 0 {
		return finding{}
	}
	return f
}

// whoDiffers names the one of lockfile, index and archive that stands alone.
func (s *Step) whoDiffers(ctx context.Context, indexed string) string {
	held, err := archive.SumFile(ctx, s.archives[0].Path)
	switch {
	case err != nil:
		return fmt.Sprintf("the lockfile says %s, the index %q, and the archive cannot be read: %v", s.Checksum, indexed, err)
	case held == *s.Checksum:
		return fmt.Sprintf("the index says %q; the lockfile and the archive agree on %s", indexed, s.Checksum)
	case held.String() == indexed:
		return fmt.Sprintf("the lockfile says %s; the index and the archive agree on %s", s.Checksum, indexed)
	}
	return fmt.Sprintf("the lockfile says %s, the index %q, and the archive has %s", s.Checksum, indexed, held)
}

// hashAll hashes the archives of the steps that have no gap so far, and returns
// those of which no copy is right.
func hashAll(ctx context.Context, jobs int, steps []Step, findings []finding) []*CorruptError {
	bad := make([]*CorruptError, len(steps))
	par.Do(ctx, jobs, len(steps), noState, func(_ struct{}, i int) error {
		if findings[i].gap == none && steps[i].copied == nil {
			bad[i] = steps[i].checkArchives(ctx)
		}
		return nil
	})
	return slices.DeleteFunc(bad, func(c *CorruptError) bool { return c == nil })
}

// checkArchives returns nil if one of the copies has the right bytes.
func (s *Step) checkArchives(ctx context.Context) *CorruptError {
	var first *CorruptError
	for _, a := range s.archives {
		got, err := archive.SumFile(ctx, a.Path)
		if err == nil && got == *s.Checksum {
			return nil
		}
		if err == nil {
			err = &crate.ChecksumError{What: "the archive", Want: *s.Checksum, Got: got}
		}
		if first == nil {
			first = newCorruptError(s.ID, a, err)
		}
	}
	return first
}
