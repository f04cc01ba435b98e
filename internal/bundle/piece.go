package bundle

import (
	"io"
	"slices"

	"cargohome/crate"
	"cargohome/internal/hashpair"
)

// A piece is what some entries in a row come to in the tar. It is read and hashed as one, so
// that two contents are hashed at a time, and written as one.
const (
	pieceSize    = 1 << 20  // bytes that it ends behind
	pieceEntries = 64       // that it has at most
	maxHeld      = 12 << 20 // bytes of a content beyond which it is alone, and read when it is written

	maxReaders = 4 // more are not of use: one alone writes
	maxAhead   = 4 // pieces that are read, or wait to be written
)

// piece is one that is about to be written.
type piece struct {
	data []byte
	runs []run
	from io.ReadCloser // of a content that is too large to be held
}

// run is a part of a piece, behind the one before, that is kept as it is or compressed.
type run struct {
	stored bool
	end    int
}

// cut ends a run where the data ends.
func (p *piece) cut(stored bool) {
	if n := len(p.runs) - 1; n >= 0 && p.runs[n].stored == stored {
		p.runs[n].end = len(p.data)
		return
	}
	p.runs = append(p.runs, run{stored, len(p.data)})
}

// pieces returns the entries of each, by their places: all that are not held.
func (m *Manifest) pieces() (pieces [][]int) {
	var list []int
	size := int64(0)
	end := func() {
		if len(list) > 0 {
			pieces = append(pieces, list)
		}
		list, size = nil, 0
	}
	for i := range m.Entries {
		e := &m.Entries[i]
		if e.Held {
			continue
		}
		if e.Size > maxHeld {
			end()
		}
		list = append(list, i)
		if size += blockSize + e.Size; size >= pieceSize || len(list) == pieceEntries {
			end()
		}
	}
	end()
	return pieces
}

// pieceReader reads one piece after another.
type pieceReader struct {
	*bundleWriter
	m        *Manifest
	contents []numbered
	pair     hashpair.Hasher  // the tag is the number in the piece
	sums     []crate.Checksum // of the contents, by the same
}

// numbered is a content, with its number in the piece.
type numbered struct {
	n    int
	data []byte
}

func newPieceReader(t *bundleWriter, m *Manifest) *pieceReader {
	r := &pieceReader{bundleWriter: t, m: m, sums: make([]crate.Checksum, pieceEntries)}
	r.pair.Done = func(tag int, sum [len(crate.Checksum{})]byte) { r.sums[tag] = sum }
	return r
}

// read reads the piece of some entries. The error is that of the first of them that has one.
func (r *pieceReader) read(list []int) (p piece, err error) {
	if e := &r.m.Entries[list[0]]; e.Size > maxHeld {
		from, err := r.open(list[0])
		return piece{from: from}, e.error(err)
	}
	heads := make([][]byte, len(list))
	size := 0
	for n, i := range list {
		e := &r.m.Entries[i]
		if heads[n], err = e.header(); err != nil {
			return p, e.error(err)
		}
		size += len(heads[n]) + int(e.Size+padding(e.Size))
	}
	p.data, r.contents = r.buffer(size)[:0], r.contents[:0]
	for n, i := range list {
		p.data = append(p.data, heads[n]...)
		p.cut(false)
		if err = r.content(&p, n, i); err != nil {
			list = list[:n]
			break
		}
	}
	if wrong := r.hash(list); wrong != nil {
		err = wrong
	}
	return p, err
}

// hash makes sure of the contents that were read: the longest first, so that the last two
// end at about the same time.
func (r *pieceReader) hash(list []int) error {
	slices.SortFunc(r.contents, func(a, b numbered) int { return len(b.data) - len(a.data) })
	for _, c := range r.contents {
		r.pair.Add(c.data, c.n)
	}
	r.pair.Flush()
	for n, i := range list {
		if e := &r.m.Entries[i]; e.IsFile() && r.sums[n] != e.Sum {
			return e.error(sumError(r.sums[n], e.Sum))
		}
	}
	return nil
}

// content adds the n-th content, and what fills its last block.
func (r *pieceReader) content(p *piece, n, i int) error {
	e := &r.m.Entries[i]
	if !e.IsFile() {
		return nil
	}
	from, err := r.open(i)
	if err != nil {
		return e.error(err)
	}
	defer from.Close()
	start := len(p.data)
	p.data = p.data[:start+int(e.Size)]
	if _, err := io.ReadFull(from, p.data[start:]); err != nil {
		return e.error(changed(err))
	}
	r.contents = append(r.contents, numbered{n, p.data[start:]})
	p.cut(r.stores(e))
	p.data = append(p.data, zeros[:padding(e.Size)]...)
	p.cut(false)
	return nil
}

// bufferSize returns what is enough for nearly all pieces: those whose contents are held.
func (m *Manifest) bufferSize(pieces [][]int) int {
	largest := int64(0)
	for _, list := range pieces {
		size := int64(0)
		for _, i := range list {
			size += 4*blockSize + m.Entries[i].Size // a header, as nearly all are, and what fills the last block
		}
		if m.Entries[list[0]].Size <= maxHeld {
			largest = max(largest, size)
		}
	}
	return int(largest)
}

// buffer returns one that has room for size bytes.
func (t *bundleWriter) buffer(size int) []byte {
	if size > t.bufferSize {
		return make([]byte, 0, size)
	}
	select {
	case b := <-t.free:
		return b
	default:
	}
	return make([]byte, 0, t.bufferSize)
}

// release gives back a buffer.
func (t *bundleWriter) release(b []byte) {
	if cap(b) != t.bufferSize {
		return
	}
	select {
	case t.free <- b:
	default:
	}
}
