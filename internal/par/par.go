// Package par runs independent pieces of work on a bounded number of
// goroutines, so that results never depend on which ran first.
package par

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls work(w, i) once for each i below n, the lowest first, on up to jobs
// goroutines, or with jobs 0 on as many as there are processors. Each goroutine gets its own w from newWorker, for buffers that
// are reused. It returns when all are done; the error of call i is in slot i.
//
// One call failing does not stop the others. When ctx ends, calls not yet
// begun get its error instead.
func Do[W any](ctx context.Context, jobs, n int, newWorker func() W, work func(w W, i int) error) []error {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(jobs, n) {
		wg.Go(func() {
			w := newWorker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = work(w, i)
				}
			}
		})
	}
	wg.Wait()
	return errs
}
