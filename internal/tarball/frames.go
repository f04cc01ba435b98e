package tarball

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// frames compresses what is written to it into zstd frames of zstdFrame bytes, several
// at a time, and writes them in order. The stream is the same for any number of jobs.
type frames struct {
	w      io.Writer
	next   *frame     // that is being filled, nil if none is
	some   bool       // frames were made
	stored bool       // what is written next is kept as it is
	table  *seekTable // of those that were written; nil if there is to be none

	todo chan *frame // in order
	free chan *frame // written, to be used again
	idle chan *zstd.Encoder

	writer sync.WaitGroup
	mu     sync.Mutex
	err    error // the first of writing
}

// frame is one on its way. It is used again when it is written.
type frame struct {
	in, out []byte
	ready   chan struct{}
	made    *Frame // in place of both, nil if it is made here
}

func newFrames(w io.Writer, o Options) *frames {
	jobs := o.jobs()
	f := &frames{w: w, todo: make(chan *frame, jobs+1), free: make(chan *frame, jobs+1), idle: make(chan *zstd.Encoder, jobs)}
	for range jobs {
		f.idle <- newEncoder(o.level())
	}
	for range jobs + 1 { // one more, which is filled meanwhile
		f.free <- &frame{in: make([]byte, 0, zstdFrame), ready: make(chan struct{}, 1)}
	}
	if o.Seekable {
		f.table = new(seekTable)
	}
	f.writer.Go(f.writeAll)
	return f
}

// writeAll writes frames in order until there are no more. After an error the others
// are let pass.
func (f *frames) writeAll() {
	for next := range f.todo {
		<-next.ready
		if f.failed() == nil {
			f.fail(f.write(next))
		}
		next.made = nil
		f.free <- next
	}
}

func (f *frames) write(next *frame) error {
	packed, size := int64(len(next.out)), int64(len(next.in))
	var err error
	if next.made != nil {
		size = next.made.Size
		packed, err = io.Copy(f.w, next.made.Data)
	} else {
		_, err = f.w.Write(next.out)
	}
	if f.table != nil {
		f.table.add(packed, size)
	}
	return err
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
		if f.next == nil {
			f.next = <-f.free
			f.next.in = f.next.in[:0]
		}
		taken := min(len(b), zstdFrame-len(f.next.in))
		f.next.in, b = append(f.next.in, b[:taken]...), b[taken:]
		if n += taken; len(f.next.in) == zstdFrame {
			f.submit()
		}
	}
	return n, f.failed()
}

// Store implements stream.
func (f *frames) Store(on bool) error {
	if on != f.stored && f.next != nil {
		f.submit()
	}
	f.stored = on
	return f.failed()
}

// submit has a frame compressed, or made of what is stored.
func (f *frames) submit() {
	next := f.next
	f.next, f.some = nil, true
	if f.stored {
		next.out = appendRaw(next.out[:0], next.in)
		next.ready <- struct{}{}
		f.todo <- next
		return
	}
	e := <-f.idle
	f.todo <- next
	go func() {
		next.out = e.EncodeAll(next.in, next.out[:0])
		f.idle <- e
		next.ready <- struct{}{}
	}()
}

// insert adds a frame that was made before.
func (f *frames) insert(made *Frame) error {
	if f.next != nil {
		f.submit()
	}
	next := <-f.free
	next.made, f.some = made, true
	next.ready <- struct{}{}
	f.todo <- next
	return f.failed()
}

// Close implements io.Closer. An empty stream is an empty frame.
func (f *frames) Close() error {
	if f.next == nil && !f.some {
		f.next = <-f.free
	}
	if f.next != nil {
		f.submit()
	}
	close(f.todo)
	f.writer.Wait()
	if f.table != nil && f.failed() == nil {
		_, err := f.w.Write(f.table.append(nil))
		f.fail(err)
	}
	errs := []error{f.failed()}
	for range cap(f.idle) {
		errs = append(errs, (<-f.idle).Close())
	}
	return errors.Join(errs...)
}

// appendRaw appends a zstd frame with data as it is (RFC 8878, 3.1.1): its size, and
// blocks of type 0.
func appendRaw(b, data []byte) []byte {
	const magic, sizeOf4, singleSegment, last, maxBlock = 0xFD2FB528, 2 << 6, 1 << 5, 1, 128 << 10
	b = binary.LittleEndian.AppendUint32(b, magic)
	b = append(b, sizeOf4|singleSegment)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	for {
		n := min(len(data), maxBlock)
		head := uint32(n) << 3
		if n == len(data) {
			head |= last
		}
		b = append(b, byte(head), byte(head>>8), byte(head>>16))
		b = append(b, data[:n]...)
		if data = data[n:]; len(data) == 0 {
			return b
		}
	}
}
