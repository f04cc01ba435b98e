package par

import (
	"cmp"
	"context"
	"slices"
)

// LongestFirst is [Do] for calls of which some take longer than others, as long as
// length says: these begin first, so that none is left alone at the end. Those of one
// length begin in order.
func LongestFirst[W any](ctx context.Context, jobs, n int, length func(i int) int64, newWorker func() W, work func(w W, i int) error) []error {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(length(b), length(a)) })
	errs := make([]error, n)
	begun := Do(ctx, jobs, n, newWorker, func(w W, i int) error { return work(w, order[i]) })
	for i, err := range begun {
		errs[order[i]] = err
	}
	return errs
}
