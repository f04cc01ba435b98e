package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
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
// Memory is that of the manifest's text, of four pieces of up to 7 MiB, and of the
// compressor. The error is that of writing to w, or an [*Error].
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

type bundleWriter struct {
	ctx  context.Context
	out  *tarball.Stream
	o    WriteOptions
	open func(i int) (io.ReadCloser, error)
	err  error // of writing, after which there is nothing to go on with

	free       chan []byte // buffers of pieces, to be used again
	bufferSize int         // of each, in bytes
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
	if err := t.out.Store(t.stores(e)); err != nil {
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

// stores reports whether the content of an entry is not worth compressing.
func (t *bundleWriter) stores(e *Entry) bool {
	return t.o.Format != tarball.Tar && (strings.HasPrefix(e.Path, home.CachePath+"/") || strings.HasSuffix(e.Path, ".pack"))
}

// entries writes all that is not held: read and hashed by several, written by one.
func (t *bundleWriter) entries(m *Manifest) error {
	pieces := m.pieces()
	t.bufferSize = m.bufferSize(pieces)
	ctx, stop := context.WithCancelCause(t.ctx)
	defer stop(nil)
	jobs := min(cmp.Or(t.o.Jobs, runtime.GOMAXPROCS(0)), maxReaders)
	newReader := func() *pieceReader { return newPieceReader(t, m) }
	work := func(r *pieceReader, n int) (piece, error) { return r.read(pieces[n]) }
	par.InOrder(ctx, jobs, maxAhead, len(pieces), newReader, work, func(n int, p piece, err error) {
		if t.err == nil && err == nil {
			err = t.write(m, pieces[n], p)
		}
		if p.from != nil {
			_ = p.from.Close() // it was read to its end, or is of no use
		}
		if t.err == nil && err != nil {
			t.err = err
			stop(err)
		}
	})
	return t.err
}

// write writes a piece, which is of no use then.
func (t *bundleWriter) write(m *Manifest, list []int, p piece) (err error) {
	if p.from != nil {
		e := &m.Entries[list[0]]
		err = t.entry(e, func() error { return t.copy(e, p.from) })
	} else {
		err = t.runs(p)
		t.release(p.data)
	}
	for _, i := range list {
		if err == nil && t.o.Progress != nil {
			t.o.Progress(&m.Entries[i])
		}
	}
	return err
}

func (t *bundleWriter) runs(p piece) error {
	start := 0
	for _, r := range p.runs {
		if err := t.out.Store(r.stored); err != nil {
			return err
		}
		if _, err := t.out.Write(p.data[start:r.end]); err != nil {
			return err
		}
		start = r.end
	}
	return t.out.Store(false)
}

// copy writes a content that is read and hashed meanwhile.
func (t *bundleWriter) copy(e *Entry, from io.Reader) error {
	blocks := make(chan []byte, 2)
	free := make(chan []byte, cap(blocks)+2) // one is being filled, one written
	for range cap(free) {
		free <- make([]byte, copySize)
	}
	ctx, stop := context.WithCancel(t.ctx)
	defer stop()
	sum := sha256.New()
	var failed, wrote error
	go func() {
		defer close(blocks)
		for left := e.Size; left > 0 && failed == nil && ctx.Err() == nil; {
			b := <-free
			b = b[:min(copySize, left)]
			if _, failed = io.ReadFull(from, b); failed == nil {
				sum.Write(b)
				left -= int64(len(b))
				blocks <- b
			}
		}
	}()
	for b := range blocks {
		if wrote == nil {
			_, wrote = t.out.Write(b)
		}
		if wrote != nil {
			stop()
		}
		free <- b[:copySize]
	}
	if err := cmp.Or(wrote, t.ctx.Err()); err != nil {
		return err
	}
	got := crate.Checksum(sum.Sum(nil))
	if failed == nil && got != e.Sum {
		failed = sumError(got, e.Sum)
	}
	return e.error(changed(failed))
}

const copySize = 512 << 10 // bytes that are read at a time

// changed says of a file that is not what it was when it was looked at.
func changed(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: it is shorter", ErrEntry)
	}
	return err
}
