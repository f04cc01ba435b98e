package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/par"
	"cargohome/internal/tarball"
)

// WriteOptions say how a bundle is written.
type WriteOptions struct {
	tarball.Options
	// Sign is called with the manifest's text, for a signature that goes into the bundle.
	// Without it there is none.
	Sign func(manifest []byte) ([]byte, error)
	// Progress is called for each entry that was written; may be nil.
	Progress func(e *Entry)
}

// Write writes the bundle that m says, and completes m by what the format and the options
// say. Open is called, by several goroutines, for the content of each file that is not
// held, by its place in m.Entries: it must have the size and the checksum of its entry, or nothing of what was
// written is to be used. The bytes depend on nothing else, neither on time nor on how many
// work at it.
//
// Memory is that of the manifest's text, of 16 files of 4 MiB, and of the compressor. The
// error is that of writing to w, or an [*Error].
func Write(ctx context.Context, w io.Writer, m *Manifest, o WriteOptions, open func(i int) (io.ReadCloser, error)) error {
	text, err := m.complete(&o)
	if err != nil {
		return err
	}
	out, err := tarball.NewStream(w, o.Options)
	if err != nil {
		return err
	}
	t := &bundleWriter{ctx: ctx, out: out, o: o, open: open, free: make(chan []byte, maxAhead)}
	if err = t.opening(text); err == nil {
		err = t.entries(m)
	}
	if err == nil {
		_, err = out.Write(zeros[:])
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}

// complete fills in what the manifest says of the container, and returns its text.
func (m *Manifest) complete(o *WriteOptions) ([]byte, error) {
	m.Format, m.MadeBy, m.Writer = format, madeBy, writer
	m.Container, m.Compressor = string(o.Format), o.Compressor()
	if err := m.Check(); err != nil {
		return nil, err
	}
	text, err := m.Text()
	m.Sum = crate.Sum(text)
	return text, err
}

const (
	maxAhead = 16      // entries that wait to be written
	maxHeld  = 4 << 20 // bytes of one, beyond which it is read when it is written
)

type bundleWriter struct {
	ctx  context.Context
	out  *tarball.Stream
	o    WriteOptions
	open func(i int) (io.ReadCloser, error)
	free chan []byte // buffers to be used again
	err  error       // of writing, after which there is nothing to go on with
}

// opening writes what comes before the entries.
func (t *bundleWriter) opening(text []byte) error {
	if err := t.whole(ManifestPath, text); err != nil || t.o.Sign == nil {
		return err
	}
	signature, err := t.o.Sign(text)
	if err != nil {
		return err
	}
	return t.whole(SignaturePath, signature)
}

func (t *bundleWriter) whole(path string, text []byte) error {
	e := &Entry{Path: path, Size: int64(len(text))}
	return t.entry(e, func() error {
		_, err := t.out.Write(text)
		return err
	})
}

// entry writes the header of an entry, its content and what follows that.
func (t *bundleWriter) entry(e *Entry, content func() error) error {
	head, err := e.header()
	if err != nil {
		return e.error(err)
	}
	if _, err := t.out.Write(head); err != nil {
		return err
	}
	stored := isCompressed(e.Path)
	if err := t.out.Store(stored); err != nil {
		return err
	}
	if err := content(); err != nil {
		return err
	}
	if err := t.out.Store(false); err != nil {
		return err
	}
	_, err = t.out.Write(zeros[:padding(e.Size)])
	return err
}

// isCompressed reports whether what has a path is not worth compressing.
func isCompressed(path string) bool {
	return strings.HasPrefix(path, home.CachePath+"/") || strings.HasSuffix(path, ".pack")
}

// ready is a content that is about to be written: read, or to be read if it is large.
type ready struct {
	data []byte
	from io.ReadCloser
}

// atATime is how many entries are seen to before others are: each takes some memory.
const atATime = 4096

// entries writes all that is not held: read and hashed by several, written by one.
func (t *bundleWriter) entries(m *Manifest) error {
	var list []int
	for i := range m.Entries {
		if !m.Entries[i].Held {
			list = append(list, i)
		}
	}
	for part := range slices.Chunk(list, atATime) {
		if err := t.some(m, part); err != nil {
			return err
		}
	}
	return nil
}

// some writes entries, by their places.
func (t *bundleWriter) some(m *Manifest, list []int) error {
	ctx, stop := context.WithCancelCause(t.ctx)
	defer stop(nil)
	jobs := min(cmp.Or(t.o.Jobs, runtime.GOMAXPROCS(0)), maxAhead/2)
	none := func() struct{} { return struct{}{} }
	work := func(_ struct{}, n int) (ready, error) { return t.read(list[n], &m.Entries[list[n]]) }
	par.InOrder(ctx, jobs, maxAhead, len(list), none, work, func(n int, c ready, err error) {
		if t.err == nil && err == nil {
			err = t.write(&m.Entries[list[n]], c)
		}
		if c.from != nil {
			_ = c.from.Close() // it was read to its end, or is of no use
		}
		if t.err == nil && err != nil {
			t.err = err
			stop(err)
		}
	})
	return t.err
}

// read opens the content of an entry, and reads it unless it is large.
func (t *bundleWriter) read(i int, e *Entry) (ready, error) {
	if !e.IsFile() {
		return ready{}, nil
	}
	from, err := t.open(i)
	if err != nil {
		return ready{}, e.error(err)
	}
	if e.Size > maxHeld {
		return ready{from: from}, nil
	}
	defer from.Close()
	data := t.buffer(int(e.Size))
	if _, err = io.ReadFull(from, data); err == nil {
		if got := crate.Sum(data); got != e.Sum {
			err = sumError(got, e.Sum)
		}
	}
	if err != nil {
		return ready{}, e.error(changed(err))
	}
	return ready{data: data}, nil
}

func (t *bundleWriter) buffer(size int) []byte {
	select {
	case b := <-t.free:
		if cap(b) >= size {
			return b[:size]
		}
	default:
	}
	return make([]byte, size)
}

func (t *bundleWriter) write(e *Entry, c ready) error {
	err := t.entry(e, func() error {
		if c.from != nil {
			return t.copy(e, c.from)
		}
		_, err := t.out.Write(c.data)
		return err
	})
	if c.data != nil {
		select {
		case t.free <- c.data:
		default:
		}
	}
	if err == nil && t.o.Progress != nil {
		t.o.Progress(e)
	}
	return err
}

// copy writes a content that is read meanwhile.
func (t *bundleWriter) copy(e *Entry, from io.Reader) error {
	sum := sha256.New()
	to := &sinkWriter{w: t.out}
	n, err := io.CopyBuffer(io.MultiWriter(to, sum), io.LimitReader(from, e.Size), make([]byte, 256<<10))
	if to.err != nil || t.ctx.Err() != nil {
		return cmp.Or(to.err, t.ctx.Err())
	}
	var got crate.Checksum
	sum.Sum(got[:0])
	switch {
	case err != nil:
	case n < e.Size:
		err = io.ErrUnexpectedEOF
	case got != e.Sum:
		err = sumError(got, e.Sum)
	default:
		return nil
	}
	return e.error(changed(err))
}

// sinkWriter keeps the error of writing, to be told from one of reading.
type sinkWriter struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (s *sinkWriter) Write(b []byte) (n int, err error) {
	n, s.err = s.w.Write(b)
	return n, s.err
}

// changed says of a file that is not what it was when it was looked at.
func changed(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: it is shorter", ErrEntry)
	}
	return err
}
