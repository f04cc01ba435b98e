package pack

import (
	"context"
	"fmt"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/par"
)

// GapsError lists every package that cannot be packed.
type GapsError struct {
	Gaps locate.Gaps // in Cargo's order of package ids
}

// Error is several lines: one for each reason, below it its packages.
func (e *GapsError) Error() string {
	what := "packages cannot be packed"
	if len(e.Gaps) == 1 {
		what = "package cannot be packed"
	}
	return fmt.Sprintf("%d %s%s", len(e.Gaps), what, e.Gaps)
}

// Unwrap returns the failures of the system among the gaps.
func (e *GapsError) Unwrap() []error { return e.Gaps.Errs() }

// Hint says what the user can do about the gaps; see [locate.Gaps.Hint].
func (e *GapsError) Hint() string { return e.Gaps.Hint() }

// archived is an archive that goes in.
type archived struct {
	id   crate.ID
	at   home.Archive
	want locate.Vouched
}

// damaged hashes all archives, and returns a gap for each that is not right.
func (p *Plan) damaged(ctx context.Context) (gaps locate.Gaps) {
	bad := make([]*locate.Gap, len(p.archives))
	par.Each(ctx, p.o.Jobs, len(p.archives), func(i int) error {
		a := &p.archives[i]
		if err := a.want.Archive(a.id, a.at).Verify(ctx); err != nil {
			bad[i] = locate.Damage(a.id, a.at, err)
			bad[i].Checksum = a.want.Want
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
