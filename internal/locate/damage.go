package locate

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

// Damaged hashes the archives of the packages of which nothing is lacking so far, and
// returns a gap for each of which no copy is right, in order. When ctx ends, it may
// return less.
func Damaged(ctx context.Context, jobs int, packages []Package) (gaps Gaps) {
	bad := make([]*Gap, len(packages))
	par.Each(ctx, jobs, len(packages), func(i int) error {
		if packages[i].Gap == nil {
			bad[i] = packages[i].damage(ctx)
		}
		return nil
	})
	for _, gap := range bad {
		if gap != nil {
			gaps = append(gaps, *gap)
		}
	}
	return gaps
}

// damage returns nil if one of the copies has the right bytes, or there is none.
func (p *Package) damage(ctx context.Context) (first *Gap) {
	for _, a := range p.Archives {
		err := p.Archive(p.ID, a).Verify(ctx)
		if err == nil {
			return nil
		}
		if first == nil {
			first = Damage(p.ID, a, err)
			first.Checksum = p.Want
		}
	}
	return first
}

// Damage makes a gap of an archive, of which there is no better copy and reading which
// came to err.
func Damage(id crate.ID, a home.Archive, err error) *Gap {
	g := &Gap{Reason: Unreadable, ID: id, Detail: fmt.Sprintf("%s: %v", a.Path, err)}
	if a.Registry == "" {
		g.Place = filepath.Dir(a.Path) // a local registry
	}
	wrong, read := errors.AsType[*archive.ChecksumError](err)
	if !read {
		g.Err = err
		return g
	}
	g.Checksum = &wrong.Want
	if g.Reason = Corrupt; wrong.Truncated {
		g.Reason = Truncated
	}
	return g
}
