package pack

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"sync"

	"cargohome/internal/staging"
)

// spool keeps small contents until they are written: the first in memory, others in a file
// that has no name. What was put in is read by any number of goroutines when nothing more is
// put in.
type spool struct {
	dir  string
	kept [][]byte
	left int // bytes that may yet be kept
	file *os.File
	buf  *bufio.Writer
	size int64 // of the file
}

const maxKept = 4 << 20 // in bytes

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

// put adds data, which must stay as it is, and returns where it is: in the file, or if it is
// kept in memory, as a number below 0.
func (s *spool) put(data []byte) (at int64, err error) {
	if len(data) > s.left {
		return s.write(data)
	}
	s.left -= len(data)
	s.kept = append(s.kept, data)
	return -int64(len(s.kept)), nil
}

// write adds data to the file, and returns where it is in that.
func (s *spool) write(data []byte) (at int64, err error) {
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
	if at < 0 {
		return io.NopCloser(bytes.NewReader(s.kept[-at-1]))
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
	if at, err = f.write(data); err == nil {
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
