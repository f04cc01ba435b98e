package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

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
	// Progress is called for each entry that was written, by several goroutines and in no
	// order; may be nil.
	Progress func(e *Entry)
	// Small, if it is not nil, has archives made to what is in them, and is where that waits:
	// before the manifest is written all of it is compressed. The format is one of zstd; if
	// it is not Seekable all archives are one frame.
	Small Spool
	// Base returns which archive the receiver of a small delta has that is most like the i-th
	// entry; nil if there is none. It may be nil itself.
	Base func(i int) *Base
}

// Write writes the bundle that m says, and completes m by what the format and the options
// say. Open is called, by several goroutines, for the content of each file that is not
// held, by its place in m.Entries: it must have the size and the checksum of its entry, or nothing of what was
// written is to be used. The bytes depend on nothing else, neither on time nor on how many
// work at it.
//
// If w is an [io.WriterAt] as well, an empty file, and nothing is compressed, several write
// to it at once, each where its part belongs; else one does, from front to end.
//
// Memory is that of the manifest's text, of up to ten pieces, of 1 MiB as a rule, and of the
// compressor; 350 MiB for a small bundle. The error is that of writing to w, or an [*Error].
func Write(ctx context.Context, w io.Writer, m *Manifest, o WriteOptions, open func(i int) (io.ReadCloser, error)) error {
	t := &bundleWriter{ctx: ctx, o: o, open: open}
	if o.Small != nil {
		t.o.Level = cmp.Or(o.Level, smallLevel)
		o.Level = t.o.Level
		if err := t.shrink(m); err != nil {
			return err
		}
	}
	text, err := m.complete(&o)
	if err != nil {
		return err
	}
	out, err := tarball.NewStream(w, o.Options)
	if err != nil {
		return err
	}
	t.stream = out
	begun, err := t.opening(out, text)
	if at, ok := w.(io.WriterAt); err == nil && ok && o.Format == tarball.Tar {
		if err = out.Close(); err == nil {
			err = t.entriesAt(at, begun, m)
		}
		return err
	}
	if err == nil {
		err = t.entries(out, m)
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
	m.Format, m.MadeBy, m.Writer = plainFormat, madeBy, writer
	if o.Small != nil {
		m.Format = smallFormat
	}
	m.Container, m.Compressor = string(o.Format), o.Compressor()
	if err := m.Check(); err != nil {
		return nil, err
	}
	text, err := m.Text()
	m.Sum = crate.Sum(text)
	return text, err
}

// sink is what the bytes of a bundle are written to; see [tarball.Stream].
type sink interface {
	io.Writer
	Store(on bool) error
}

type bundleWriter struct {
	ctx  context.Context
	o    WriteOptions
	open func(i int) (io.ReadCloser, error)
	err  error // of writing, after which there is nothing to go on with

	stream *tarball.Stream // that is written to
	groups []*group        // of archives; none if they are kept as they are

	mu         sync.Mutex
	free       [][]byte // buffers of pieces, to be used again
	bufferSize int      // of each, in bytes
}

// opening writes what comes before the entries, and returns how many bytes that has.
func (t *bundleWriter) opening(out sink, text []byte) (size int64, err error) {
	if size, err = t.whole(out, ManifestPath, text); err != nil || t.o.Sign == nil {
		return size, err
	}
	signature, err := t.o.Sign(text)
	if err != nil {
		return size, err
	}
	more, err := t.whole(out, SignaturePath, signature)
	return size + more, err
}

func (t *bundleWriter) whole(out sink, path string, text []byte) (size int64, err error) {
	e := &Entry{Path: path, Size: int64(len(text))}
	if size, err = e.blocks(); err != nil {
		return 0, e.error(err)
	}
	return size, t.entry(out, e, func() error {
		_, err := out.Write(text)
		return err
	})
}

// entry writes the header of an entry, its content and what follows that.
func (t *bundleWriter) entry(out sink, e *Entry, content func() error) error {
	head, err := e.header()
	if err != nil {
		return e.error(err)
	}
	if _, err := out.Write(head); err != nil {
		return err
	}
	if err := out.Store(t.stores(e)); err != nil {
		return err
	}
	if err := content(); err != nil {
		return err
	}
	if err := out.Store(false); err != nil {
		return err
	}
	_, err = out.Write(zeros[:padding(e.Size)])
	return err
}

// stores reports whether the content of an entry is not worth compressing.
func (t *bundleWriter) stores(e *Entry) bool {
	return t.o.Format != tarball.Tar && (strings.HasPrefix(e.Path, home.CachePath+"/") || strings.HasSuffix(e.Path, ".pack"))
}

// entries writes all that is not held: read and hashed by several, written by one.
func (t *bundleWriter) entries(out sink, m *Manifest) error {
	pieces := m.pieces(t.groups, maxHeld)
	t.bufferSize = t.sizeOfBuffers(m, pieces, maxHeld)
	ctx, stop := context.WithCancelCause(t.ctx)
	defer stop(nil)
	newReader := func() *pieceReader { return newPieceReader(t, m) }
	work := func(r *pieceReader, n int) (piece, error) { return r.read(pieces[n]) }
	par.InOrder(ctx, t.jobs(), maxAhead, len(pieces), newReader, work, func(n int, p piece, err error) {
		if err = cmp.Or(t.err, err); err == nil {
			err = t.write(out, m, pieces[n], p)
		}
		p.close()
		if t.err == nil && err != nil {
			t.err = err
			stop(err)
		}
	})
	return t.err
}

func (t *bundleWriter) jobs() int { return min(cmp.Or(t.o.Jobs, runtime.GOMAXPROCS(0)), maxReaders) }

// write writes a piece, which is of no use then.
func (t *bundleWriter) write(out sink, m *Manifest, list []int, p piece) (err error) {
	if p.group != nil {
		return t.insert(p.group) // of which was told when it was made
	}
	if p.from != nil {
		e := &m.Entries[list[0]]
		err = t.entry(out, e, func() error { return t.copy(out, e, p.from) })
	} else {
		err = p.runTo(out)
		t.release(p.data)
	}
	for _, i := range list {
		if err == nil && t.o.Progress != nil {
			t.o.Progress(&m.Entries[i])
		}
	}
	return err
}

// copy writes a content that is read and hashed meanwhile.
func (t *bundleWriter) copy(out io.Writer, e *Entry, from io.Reader) error {
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
			_, wrote = out.Write(b)
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
