package tarball

import (
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// frames compresses what is written to it into zstd frames of zstdFrame bytes, several
// at a time, and writes them in order. The stream is the same for any number of jobs.
type frames struct {
	part []byte      // of the frame that is being filled
	some bool        // frames were made
	todo chan *frame // in order
	idle chan *zstd.Encoder

	writer sync.WaitGroup
	mu     sync.Mutex
	err    error // the first of writing
}

// frame is one on its way.
type frame struct {
	in, out []byte
	ready   chan struct{}
}

func newFrames(w io.Writer, o Options) *frames {
	jobs := o.jobs()
	f := &frames{todo: make(chan *frame, jobs), idle: make(chan *zstd.Encoder, jobs)}
	for range jobs {
		f.idle <- newEncoder(levelOr(o.Level, zstdLevel))
	}
	f.writer.Go(func() { f.writeAll(w) })
	return f
}

// writeAll writes frames in order until there are no more. After an error the others
// are let pass.
func (f *frames) writeAll(w io.Writer) {
	for next := range f.todo {
		<-next.ready
		if f.failed() == nil {
			_, err := w.Write(next.out)
			f.fail(err)
		}
	}
}

func (f *frames) failed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *frames) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

// Write implements io.Writer.
func (f *frames) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		if f.part == nil {
			f.part = make([]byte, 0, zstdFrame)
		}
		taken := min(len(b), zstdFrame-len(f.part))
		f.part, b = append(f.part, b[:taken]...), b[taken:]
		if n += taken; len(f.part) == zstdFrame {
			f.submit()
		}
	}
	return n, f.failed()
}

// submit has the part compressed, and waits while too many are.
func (f *frames) submit() {
	next := &frame{in: f.part, ready: make(chan struct{})}
	f.part, f.some = nil, true
	e := <-f.idle
	f.todo <- next
	go func() {
		next.out = e.EncodeAll(next.in, nil)
		next.in = nil
		close(next.ready)
		f.idle <- e
	}()
}

// Close implements io.Closer. An empty stream is an empty frame.
func (f *frames) Close() error {
	if len(f.part) > 0 || !f.some {
		f.submit()
	}
	close(f.todo)
	f.writer.Wait()
	var errs []error
	for range cap(f.idle) {
		errs = append(errs, (<-f.idle).Close())
	}
	return errors.Join(append([]error{f.failed()}, errs...)...)
}
