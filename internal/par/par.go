// Package par runs independent pieces of work on a bounded number of goroutines, so that
// results never depend on which ran first.
//
//	errs := par.Do(ctx, jobs, len(list), newWorker, func(w *worker, i int) error {
//		results[i], err = w.step(list[i])
//		…
//	})
//
// Pieces are begun in their order, and what becomes of piece i goes to slot i. Buffers and
// the like belong to a worker, of which each goroutine has one. No goroutine outlives the
// call, and a panic comes out of it.
package par

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Do calls work(w, i) once for each i below n, the lowest first, on up to jobs
// goroutines, or with jobs 0 on as many as there are processors. Each goroutine gets its
// own w from newWorker, for buffers that are reused. It returns when all are done; the
// error of call i is in slot i.
//
// One call failing does not stop the others. When ctx ends, calls not yet
// begun get its error instead. A call that panics ends in a panic of Do, with a
// [*Panic], when all are done.
func Do[W any](ctx context.Context, jobs, n int, newWorker func() W, work func(w W, i int) error) []error {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	var fault atomic.Pointer[Panic]
	for range min(jobs, n) {
		wg.Go(func() {
			defer func() {
				if value := recover(); value != nil {
					fault.Store(&Panic{value, debug.Stack()})
				}
			}()
			w := newWorker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = work(w, i)
				}
			}
		})
	}
	wg.Wait()
	if p := fault.Load(); p != nil {
		panic(p)
	}
	return errs
}

// Each is [Do] for work that needs nothing of its own.
func Each(ctx context.Context, jobs, n int, work func(i int) error) []error {
	return Do(ctx, jobs, n, nothing, func(_ struct{}, i int) error { return work(i) })
}

func nothing() (none struct{}) { return none }

// A Panic is what a call panicked with, and where: nothing could recover it on the
// goroutine of the call.
type Panic struct {
	Value any    // what it panicked with
	Stack []byte // of the goroutine that did, as text
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n%s", p.Value, p.Stack) }
