package tarball

import (
	"bufio"
	"compress/gzip"
	"io"

	"github.com/klauspost/pgzip"
)

// Stream compresses what is written to it, but for what is not worth it. It is what a
// [Writer] writes to. It is not safe for concurrent use.
type Stream struct{ stream }

type stream interface {
	io.WriteCloser
	// Store says whether what follows is kept as it is, as it is compressed already. The
	// file is one stream all the same, of gzip members or zstd frames of which some hold
	// bytes as they are.
	Store(on bool) error
}

// NewStream returns a Stream to w, which the caller closes after it. The error is of
// options that do not fit.
func NewStream(w io.Writer, o Options) (*Stream, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	switch o.Format {
	case Gzip:
		return &Stream{&members{w: w, o: o}}, nil
	case Zstd:
		return &Stream{newFrames(w, o)}, nil
	}
	return &Stream{buffered{bufio.NewWriterSize(w, 256<<10)}}, nil
}

// Insert adds a frame that a [Framer] has made: what it is made of comes next in the tar.
// Its Data is read by another goroutine, at the latest when the Stream is closed. The Stream
// has to be one of zstd.
func (s *Stream) Insert(f *Frame) error { return s.stream.(*frames).insert(f) }

type buffered struct{ *bufio.Writer }

func (b buffered) Close() error     { return b.Flush() }
func (b buffered) Store(bool) error { return nil }

// members is gzip: one member as long as nothing is stored.
type members struct {
	w       io.Writer
	o       Options
	packing *pgzip.Writer
	storing *gzip.Writer
	now     io.WriteCloser // the member that is being written, nil if none is
	some    bool           // there were members
	stored  bool           // what is written next is
}

// Store implements stream.
func (m *members) Store(on bool) error {
	if on == m.stored {
		return nil
	}
	m.stored = on
	return m.end()
}

// Write implements io.Writer.
func (m *members) Write(b []byte) (int, error) {
	if m.now == nil {
		m.begin()
	}
	return m.now.Write(b)
}

func (m *members) begin() {
	m.some = true
	switch {
	case m.stored && m.storing == nil:
		m.storing, _ = gzip.NewWriterLevel(m.w, gzip.NoCompression) // a level that there is
	case m.stored:
		m.storing.Reset(m.w)
	case m.packing == nil:
		m.packing = newGzip(m.w, m.o)
	default:
		m.packing.Reset(m.w)
		setGzipJobs(m.packing, m.o)
	}
	if m.now = m.packing; m.stored {
		m.now = m.storing
	}
}

func (m *members) end() error {
	if m.now == nil {
		return nil
	}
	err := m.now.Close()
	m.now = nil
	return err
}

// Close implements io.Closer. An empty stream is an empty member.
func (m *members) Close() error {
	if !m.some {
		m.begin()
	}
	return m.end()
}
