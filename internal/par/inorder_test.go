package par

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// Results are used in order, and no more than allowed are ahead.
func TestInOrder(t *testing.T) {
	for _, jobs := range []int{1, 2, 7} {
		var made, used atomic.Int64
		next := 0
		InOrder(t.Context(), jobs, 9, 200, func() struct{} { return struct{}{} }, func(_ struct{}, i int) (int, error) {
			if n := made.Add(1) - used.Load(); n > 9 {
				t.Errorf("%d are ahead", n)
			}
			time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
			if i%50 == 3 {
				return 0, errors.ErrUnsupported
			}
			return i * i, nil
		}, func(i, result int, err error) {
			if i != next || i%50 == 3 && err == nil || i%50 != 3 && (err != nil || result != i*i) {
				t.Errorf("%d, the next being %d: %d, %v", i, next, result, err)
			}
			next++
			used.Add(1)
		})
		if next != 200 {
			t.Errorf("%d were used", next)
		}
	}
}

// After the end of the context every call not begun has its error.
func TestInOrder_ended(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	n, ended := 0, 0
	InOrder(ctx, 2, 4, 100, func() struct{} { return struct{}{} }, func(_ struct{}, i int) (int, error) { return i, nil }, func(i, _ int, err error) {
		if n++; i == 20 {
			stop()
		}
		if errors.Is(err, context.Canceled) {
			ended++
		}
	})
	if n != 100 || ended < 60 {
		t.Errorf("%d were used, %d had not begun", n, ended)
	}
}

func TestInOrder_panics(t *testing.T) {
	defer func() {
		if p, ok := recover().(*Panic); !ok || p.Value != "five" {
			t.Errorf("%v", p)
		}
	}()
	InOrder(t.Context(), 2, 2, 10, func() struct{} { return struct{}{} }, func(_ struct{}, i int) (int, error) {
		if i == 5 {
			panic("five")
		}
		return i, nil
	}, func(int, int, error) {})
	t.Error("it came back")
}

// What takes longest begins first; errors stay where they belong.
func TestLongestFirst(t *testing.T) {
	var begun []int
	length := func(i int) int64 { return []int64{1, 5, 1, 9}[i] }
	errs := LongestFirst(t.Context(), 1, 4, length, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		if begun = append(begun, i); i == 2 {
			return errors.ErrUnsupported
		}
		return nil
	})
	if !slices.Equal(begun, []int{3, 1, 0, 2}) || errs[2] == nil || errors.Join(errs[0], errs[1], errs[3]) != nil {
		t.Errorf("%v, %v", begun, errs)
	}
}
