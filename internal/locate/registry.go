package locate

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
)

// Registry is where the archives of a source lie, with an index of them: the Cargo home,
// or a local registry. It is safe for concurrent use.
type Registry interface {
	// Archives yields the places where a copy of id's archive lies, the most
	// trusted first; with an error, which is about one place, the loop goes on.
	Archives(id crate.ID) iter.Seq2[home.Archive, error]
	// Lookup returns the index entry of id. The error matches index.ErrNoIndex
	// if there is no index at all.
	Lookup(id crate.ID) (index.Entry, error)
}

// Unusable is a place where an archive should lie, and why nothing can be read from it.
type Unusable struct {
	home.Archive       // without a size
	Err          error // why
}

// ErrEmpty is why an archive with no bytes is of no use: Cargo takes it as not
// downloaded.
var ErrEmpty = errors.New("empty, of an interrupted download")

// Archives returns the copies of an archive that hold anything, the most trusted first,
// and the places that are of no use.
func Archives(r Registry, id crate.ID) (copies []home.Archive, unusable []Unusable) {
	for a, err := range r.Archives(id) {
		if err == nil && a.Size == 0 {
			err = ErrEmpty
		}
		if err != nil {
			unusable = append(unusable, Unusable{a, err})
		} else {
			copies = append(copies, a)
		}
	}
	return copies, unusable
}

// registry finds the packages of one source by their archives.
type registry struct {
	Registry
	from  crate.SourceID
	place string // where it is, "" for the home
}

// find implements store.
func (r registry) find(ctx context.Context, _ int, packages []lockfile.Package) ([]Package, error) {
	found := make([]Package, len(packages))
	for i, p := range packages {
		found[i] = r.findOne(ctx, p)
	}
	return found, nil
}

func (r registry) findOne(ctx context.Context, locked lockfile.Package) Package {
	p := Package{Package: locked, From: r.from}
	at := Placed{locked.ID, r.from}.At()
	p.Archives, p.Unusable = Archives(r, at)
	entry, err := r.Lookup(at)
	if err == nil {
		p.Entry = &entry
	}
	v, vouchErr := Vouch(locked.Checksum, entry, err)
	p.Vouched = v
	disagreement, differs := errors.AsType[*DisagreementError](vouchErr)
	switch {
	case len(p.Archives) == 0:
		p.Gap = whyNone(p.Unusable)
		if p.Gap.Reason == Missing && errors.Is(err, index.ErrNoIndex) {
			p.Gap.Reason = NoRegistry
		}
	case differs:
		p.Gap = &Gap{Reason: Disagreeing, Detail: p.whoDiffers(ctx, disagreement)}
	case locked.Checksum == nil:
		p.Gap = &Gap{Reason: Unvouched}
	default:
		return p
	}
	p.Gap.ID, p.Gap.Place = p.ID, r.place
	return p
}

// whyNone makes a gap of the last place that was looked at.
func whyNone(unusable []Unusable) *Gap {
	if len(unusable) == 0 {
		return &Gap{Reason: Missing}
	}
	last := unusable[len(unusable)-1]
	switch {
	case last.Err == ErrEmpty:
		return &Gap{Reason: Empty, Detail: last.Path}
	case errors.Is(last.Err, home.ErrNotRegular):
		return &Gap{Reason: Unreadable, Detail: last.Err.Error()}
	}
	return &Gap{Reason: Unreadable, Detail: last.Err.Error(), Err: last.Err}
}

// whoDiffers names the one of lockfile, index and archive that stands alone.
func (p *Package) whoDiffers(ctx context.Context, d *DisagreementError) string {
	err := Vouched{Want: &d.Locked}.Archive(p.ID, p.Archives[0]).Verify(ctx)
	held, differs := errors.AsType[*archive.ChecksumError](err)
	switch {
	case err == nil:
		return fmt.Sprintf("the index says %q; the lockfile and the archive agree on %s", d.Indexed, d.Locked)
	case !differs:
		return fmt.Sprintf("the lockfile says %s, the index %q, and the archive cannot be read: %v", d.Locked, d.Indexed, err)
	case held.Got.String() == d.Indexed:
		return fmt.Sprintf("the lockfile says %s; the index and the archive agree on %s", d.Locked, d.Indexed)
	}
	return fmt.Sprintf("the lockfile says %s, the index %q, and the archive has %s", d.Locked, d.Indexed, held.Got)
}
