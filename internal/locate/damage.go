package locate

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

// Damaged hashes the archives of the packages of which nothing is lacking so far, and
// returns a gap for each of which no copy is right, in order. When ctx ends, it may
// return less.
func Damaged(ctx context.Context, jobs int, packages []Package) (gaps Gaps) {
	bad := make([]*Gap, len(packages))
	par.Do(ctx, jobs, len(packages), noState, func(_ struct{}, i int) error {
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
		got, err := archive.SumFile(ctx, a.Path)
		if err == nil && got == *p.Want {
			return nil
		}
		if err == nil {
			err = &crate.ChecksumError{What: "the archive", Want: *p.Want, Got: got}
		}
		if first == nil {
			first = Damage(p.ID, a, err)
		}
	}
	return first
}

// Damage makes a gap of an archive, of which there is no better copy and reading which
// came to err. It looks at the archive once more, to tell a download that broke off from
// other damage.
func Damage(id crate.ID, a home.Archive, err error) *Gap {
	g := &Gap{Reason: Corrupt, ID: id, Detail: fmt.Sprintf("%s: %v", a.Path, err)}
	if a.Registry == "" {
		g.Place = filepath.Dir(a.Path) // a local registry
	}
	if _, read := errors.AsType[*crate.ChecksumError](err); !read {
		g.Reason, g.Err = Unreadable, err
		return g
	}
	if f, _, openErr := fsx.OpenRegular(a.Path); openErr == nil {
		defer f.Close()
		if archive.IsTruncated(f) {
			g.Reason = Truncated
		}
	}
	return g
}
