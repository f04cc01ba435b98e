package par

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
)

func TestDo(t *testing.T) {
	for _, jobs := range []int{0, 1, 3, 100} {
		var workers atomic.Int64
		newWorker := func() int64 { return workers.Add(1) }
		errs := Do(t.Context(), jobs, 50, newWorker, func(_ int64, i int) error {
			if i%7 == 0 {
				return fmt.Errorf("%d", i)
			}
			return nil
		})
		for i, err := range errs {
			if want := i%7 == 0; (err != nil) != want || want && err.Error() != fmt.Sprint(i) {
				t.Errorf("jobs %d: error %d is %v", jobs, i, err)
			}
		}
		if n := workers.Load(); n > 50 || jobs > 0 && n > int64(jobs) {
			t.Errorf("jobs %d: %d workers", jobs, n)
		}
	}
}

func TestDo_cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ran := 0
	errs := Do(ctx, 1, 10, func() int { return 0 }, func(_, i int) error {
		ran++
		if i == 3 {
			cancel()
		}
		return nil
	})
	if ran != 4 || !errors.Is(errs[9], context.Canceled) || errs[3] != nil {
		t.Errorf("ran %d calls, want 4; errors %v", ran, errs)
	}
}

// A call that panics can be recovered where Do was called.
func TestDo_panics(t *testing.T) {
	defer func() {
		p, ok := recover().(*Panic)
		if !ok || p.Value != "oops" || len(p.Stack) == 0 {
			t.Errorf("recovered %v", p)
		}
	}()
	Do(t.Context(), 4, 10, func() int { return 0 }, func(_, i int) error {
		if i == 3 {
			panic("oops")
		}
		return nil
	})
	t.Error("Do returned")
}
