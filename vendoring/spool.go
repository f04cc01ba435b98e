package vendoring

import (
	"io"
	"os"
	"sync"

	"cargohome/internal/staging"
)

// room is the memory in which packages wait to be written into a tar, in slabs that are
// used again. It is safe for concurrent use.
type room struct {
	dir string // where temporary files go of what it has no slabs for

	mu   sync.Mutex
	free [][]byte
	left int // slabs that may still be made
}

const (
	slabSize = 256 << 10
	slabs    = 128 // 32 MiB
)

func newRoom(dir string) *room { return &room{dir: dir, left: slabs} }

// take returns an empty slab, nil if all are in use.
func (r *room) take() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.free); n > 0 {
		slab := r.free[n-1]
		r.free = r.free[:n-1]
		return slab
	}
	if r.left == 0 {
		return nil
	}
	r.left--
	return make([]byte, 0, slabSize)
}

func (r *room) give(back [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, slab := range back {
		r.free = append(r.free, slab[:0])
	}
}

// spool holds bytes that are written once: in slabs as long as there are some, and from
// then on in a temporary file that has no name. It is closed by whoever made it.
type spool struct {
	room  *room
	slabs [][]byte // all but the last full
	size  int64    // of all that was written
	file  *os.File // what the slabs do not have; nil if they have all
}

// Write implements io.Writer.
func (s *spool) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		took, err := s.writeSome(b)
		n, b, s.size = n+took, b[took:], s.size+int64(took)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// writeSome writes as much as the last slab has room for, or all to the file.
func (s *spool) writeSome(b []byte) (n int, err error) {
	if s.file == nil && (len(s.slabs) == 0 || len(s.slabs[len(s.slabs)-1]) == slabSize) {
		if slab := s.room.take(); slab != nil {
			s.slabs = append(s.slabs, slab)
		} else if s.file, err = staging.Unnamed(s.room.dir); err != nil {
			return 0, err
		}
	}
	if s.file != nil {
		n, err := s.file.Write(b)
		return n, staging.InFolder(s.room.dir, err)
	}
	last := &s.slabs[len(s.slabs)-1]
	n = min(len(b), slabSize-len(*last))
	*last = append(*last, b[:n]...)
	return n, nil
}

// copyTo writes size bytes from an offset on.
func (s *spool) copyTo(w io.Writer, at, size int64) error {
	for size > 0 && at < s.inSlabs() {
		slab := s.slabs[at/slabSize][at%slabSize:]
		slab = slab[:min(int64(len(slab)), size)]
		if _, err := w.Write(slab); err != nil {
			return err
		}
		at, size = at+int64(len(slab)), size-int64(len(slab))
	}
	if size == 0 {
		return nil
	}
	_, err := io.Copy(w, io.NewSectionReader(s.file, at-s.inSlabs(), size))
	return err
}

func (s *spool) inSlabs() int64 {
	if s.file == nil {
		return s.size
	}
	return int64(len(s.slabs)) * slabSize
}

// Close gives everything back.
func (s *spool) Close() error {
	s.room.give(s.slabs)
	s.slabs = nil
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
