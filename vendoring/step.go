package vendoring

import (
	"context"
	"errors"
	"fmt"

	"cargohome/internal/compat"
	"cargohome/internal/locate"
	"cargohome/internal/par"
)

// Step is one package of a plan, with the folder it gets and what that will hold. It is
// made by [NewSteps], and not written to later but by [Step.Leave].
type Step struct {
	locate.Package
	Folder   string   // below the vendor folder, '/'-separated
	Warnings []string // what cargo warns of when it vendors the package

	rule     compat.Rule
	contents []contents // the first that is sound counts
	weight   int64      // how much work they are, in bytes of an archive
	remarks  []remark   // to be remembered
	out      *leaving   // what of them does not come into the folder, nil for nothing
	kept     *Result    // the folder is known to hold what it will, which nobody looked for
}

// NewSteps works out what the folder of each package will hold; found has the packages
// of the arrangement, in its order. cache may be nil; what is known to it is as it says,
// see [StatCache.Known].
//
// If packages are missing, or checksums disagree, the error is a [GapsError] that lists
// all of them; to make that list complete the archives that are there are hashed before
// it is returned.
func NewSteps(ctx context.Context, jobs int, a *Arrangement, found []locate.Package, cache *StatCache) ([]Step, error) {
	steps, batches := make([]Step, len(found)), byCommit(found)
	length := func(i int) int64 { return int64(len(batches[i])) } // commits take longest
	errs := par.LongestFirst(ctx, jobs, len(batches), length, noState, func(_ struct{}, i int) error {
		var errs []error
		for _, n := range batches[i] {
			steps[n] = Step{Package: found[n], Folder: a.Folders[n], rule: a.Rule}
			steps[n].Entry = nil // which nobody who writes has a use for, and is the most of it
			if err := steps[n].fill(cache); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", found[n].ID, err))
			}
		}
		return errors.Join(errs...)
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := lacking(ctx, jobs, found); err != nil {
		return nil, err
	}
	return steps, nil
}

func noState() struct{} { return struct{}{} }

// byCommit distributes the indices of packages: those of a commit stay together, as its
// manifests are not for several goroutines; all others are alone.
func byCommit(packages []locate.Package) (batches [][]int) {
	place := map[*locate.Commit]int{}
	for i := range packages {
		commit := packages[i].Commit
		n, seen := place[commit]
		if commit == nil || !seen {
			n = len(batches)
			batches, place[commit] = append(batches, nil), n
		}
		batches[n] = append(batches[n], i)
	}
	return batches
}

// fill finds out what the folder will hold, as far as it is there.
func (s *Step) fill(cache *StatCache) (err error) {
	known, isKnown := cache.recalled(s.Folder)
	switch {
	case s.Gap != nil:
	case isKnown:
		s.kept, s.Warnings = &known.Result, known.warnings
	case s.Commit != nil:
		err = s.addCheckout()
	case s.Vendored != nil:
		err = s.addFolder()
	default:
		s.addArchives()
	}
	return err
}

// GapsError lists every package that cannot be vendored.
type GapsError struct {
	Gaps locate.Gaps // in Cargo's order of package ids
}

// Error is several lines: one for each reason, below it its packages.
func (e *GapsError) Error() string {
	return count(len(e.Gaps), "package", "packages") + " cannot be vendored" + e.Gaps.String()
}

// Unwrap returns the failures of the system among the gaps.
func (e *GapsError) Unwrap() []error { return e.Gaps.Errs() }

// Hint says what the user can do about the gaps; see [locate.Gaps.Hint].
func (e *GapsError) Hint() string { return e.Gaps.Hint() }

// lacking returns nil if nothing is.
func lacking(ctx context.Context, jobs int, found []locate.Package) error {
	gaps := locate.GapsOf(found)
	if len(gaps) == 0 {
		return nil
	}
	gaps = append(gaps, locate.Damaged(ctx, jobs, found)...)
	gaps.Sort()
	return &GapsError{gaps}
}
