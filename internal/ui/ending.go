package ui

import (
	"context"
	"io"
	"slices"
	"sync/atomic"
	"time"
)

// farewell is how long whoever reads the output may still take for each text when the
// run is to end.
const farewell = 100 * time.Millisecond

// endingWriter waits for whoever reads, such as a pager in which nobody turns the page,
// as long as the run is not to end. Nothing is written any more from when a text was not
// taken.
type endingWriter struct {
	w     io.Writer
	ctx   context.Context
	ended atomic.Bool
}

func newEndingWriter(ctx context.Context, w io.Writer) io.Writer {
	if ctx.Done() == nil {
		return w
	}
	return &endingWriter{w: w, ctx: ctx}
}

func (e *endingWriter) Write(b []byte) (int, error) {
	if e.ended.Load() {
		return 0, e.ctx.Err()
	}
	text := slices.Clone(b) // it may still be read when the caller has gone on
	written := make(chan error, 1)
	go func() {
		_, err := e.w.Write(text)
		written <- err
	}()
	select {
	case err := <-written:
		return len(b), err
	case <-e.ctx.Done():
	}
	select {
	case err := <-written:
		return len(b), err
	case <-time.After(farewell):
		e.ended.Store(true)
		return 0, e.ctx.Err()
	}
}
