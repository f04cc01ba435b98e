package pack

import (
	"bufio"
	"io"
	"os"
	"sync"

	"cargohome/internal/staging"
)

// spool keeps small contents until they are written, in a file that has no name. What was
// put in is read by any number of goroutines when nothing more is put in.
type spool struct {
	dir  string
	file *os.File
	buf  *bufio.Writer
	size int64
}

// pointed is a file of which each call that writes is a fault point.
type pointed struct {
	*os.File
	dir string // it is in
}

// Write implements io.Writer.
func (p pointed) Write(b []byte) (int, error) {
	if err := staging.Point(staging.OpWrite, p.Name()); err != nil {
		return 0, err
	}
	n, err := p.File.Write(b)
	return n, staging.InFolder(p.dir, err)
}

// put adds data, and returns where it is.
func (s *spool) put(data []byte) (at int64, err error) {
	if s.file == nil {
		if s.file, err = staging.Unnamed(s.dir); err != nil {
			return 0, err
		}
		s.buf = bufio.NewWriterSize(pointed{s.file, s.dir}, 256<<10)
	}
	at = s.size
	n, err := s.buf.Write(data)
	s.size += int64(n)
	return at, err
}

// flush makes what was put in readable.
func (s *spool) flush() error {
	if s.buf == nil {
		return nil
	}
	return s.buf.Flush()
}

func (s *spool) open(at, size int64) io.ReadCloser {
	if s.file == nil { // and so of no bytes
		return io.NopCloser(io.LimitReader(nil, 0))
	}
	return io.NopCloser(io.NewSectionReader(s.file, at, size))
}

// frames is the spool while a bundle is written that is to be small.
type frames struct {
	mu sync.Mutex
	*spool
}

// Put implements [bundle.Spool].
func (f *frames) Put(data []byte) (at int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, err = f.put(data); err == nil {
		err = f.flush()
	}
	return at, err
}

// Open implements [bundle.Spool].
func (f *frames) Open(at, size int64) io.ReadCloser { return f.open(at, size) }

func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
