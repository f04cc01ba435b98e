package cli

import (
	"bytes"
	"context"
	"testing"
	"time"

	"cargohome/internal/ui"
)

// A run that reads without looking at its context is ended, with the status of an
// interrupted one; one that changes things is not.
func TestInterruption(t *testing.T) {
	for _, changing := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan int, 1)
		var errs bytes.Buffer
		r := &run{out: ui.New(ctx, &bytes.Buffer{}, &errs, ui.Environment{})}
		if changing {
			r.begin()
		}
		stop := r.watch(ctx, r.out, func(status int) { ended <- status })
		cancel()
		select {
		case status := <-ended:
			if changing || status != exitInterrupted || errs.String() != "error: interrupted; nothing was changed\n" {
				t.Errorf("changing %v: ended with %d, %q", changing, status, errs.String())
			}
		case <-time.After(patience(changing)):
			if !changing {
				t.Error("it was not ended")
			}
		}
		stop()
	}
}

// A run that ends in time is left alone.
func TestInterruption_in_time(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &run{out: ui.New(ctx, &bytes.Buffer{}, &bytes.Buffer{}, ui.Environment{})}
	stop := r.watch(ctx, r.out, func(int) { t.Error("it was ended") })
	stop()
	cancel()
	time.Sleep(grace + 50*time.Millisecond)
}

// patience: one that is not to be ended shows soon, and on a busy machine all takes long.
func patience(changing bool) time.Duration {
	if changing {
		return grace + 200*time.Millisecond
	}
	return 30 * time.Second
}
