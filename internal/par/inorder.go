package par

import (
	"context"
	"sync"
)

// InOrder is [Do] for results that are used one after another: use is called by the
// caller's goroutine for each i below n in turn, with what work made or its error, while
// others are worked on. At most ahead results, but one for each job, are made and not
// yet used.
//
// Use is called for every i, whatever came up before; the error of a call that was not
// begun when ctx ended is that of ctx.
func InOrder[W, T any](ctx context.Context, jobs, ahead, n int, newWorker func() W, work func(w W, i int) (T, error), use func(i int, result T, err error)) {
	made := make([]chan outcome[T], n)
	for i := range made {
		made[i] = make(chan outcome[T], 1)
	}
	q := &queue{ahead: max(ahead, jobs, 1)}
	q.moved.L = &q.mu
	defer context.AfterFunc(ctx, q.close)()
	var fault any
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		defer func() { fault = recover() }()
		Do(ctx, jobs, n, newWorker, func(w W, i int) error {
			if !q.enter(i) {
				return nil
			}
			var o outcome[T]
			panicked := true
			defer func() {
				if panicked { // nobody is to wait for it
					q.close()
				}
			}()
			o.result, o.err = work(w, i)
			panicked = false
			made[i] <- o
			return nil
		})
	}()
	for i := range n {
		o, ok := receive(made[i], finished)
		if !ok && fault != nil {
			break
		}
		if !ok {
			o.err = ctx.Err()
		}
		use(i, o.result, o.err)
		q.leave()
	}
	<-finished
	if fault != nil {
		panic(fault)
	}
}

type outcome[T any] struct {
	result T
	err    error
}

// receive waits for a result; false if there will be none.
func receive[T any](made chan outcome[T], finished chan struct{}) (o outcome[T], ok bool) {
	select {
	case o = <-made:
		return o, true
	case <-finished:
	}
	select {
	case o = <-made:
		return o, true
	default:
		return o, false
	}
}

// queue lets calls begin that are not too far ahead of those that were used.
type queue struct {
	mu          sync.Mutex
	moved       sync.Cond
	used, ahead int
	closed      bool
}

// enter waits until call i may begin; false if it is not to.
func (q *queue) enter(i int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i >= q.used+q.ahead && !q.closed {
		q.moved.Wait()
	}
	return !q.closed
}

func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.used++
	q.moved.Broadcast()
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.moved.Broadcast()
}
