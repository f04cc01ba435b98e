package bundle

import (
	"cmp"
	"io"
	"slices"

	"cargohome/crate"
	"cargohome/internal/hashpair"
)

// A piece is what some entries in a row come to in the tar. It is read and hashed as one, so
// that two contents are hashed at a time, and written as one.
const (
	pieceSize    = 1 << 20   // bytes that it ends behind
	pieceEntries = 64        // that it has at most
	maxHeld      = 12 << 20  // bytes of a content beyond which it is alone, and read when it is written
	maxHeldAt    = 256 << 10 // the same where several write, and what a piece ends behind

	maxReaders = 4 // more are not of use: one alone writes
	maxAhead   = 4 // pieces that are read, or wait to be written
)

// piece is one that is about to be written.
type piece struct {
	data  []byte
	runs  []run
	from  io.ReadCloser // of a content that is too large to be held
	group *group        // that is in the spool
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

// runTo writes it, run by run.
func (p *piece) runTo(out sink) error {
	start := 0
	for _, r := range p.runs {
		if err := out.Store(r.stored); err != nil {
			return err
		}
		if _, err := out.Write(p.data[start:r.end]); err != nil {
			return err
		}
		start = r.end
	}
	return out.Store(false)
}

// close closes what is read when it is written, to whose end that was read, or which is of
// no use.
func (p *piece) close() {
	if p.from != nil {
		_ = p.from.Close()
	}
}

// pieces returns the entries of each, by their places: all that are not held. A group, which
// has entries that would follow each other, is one, and so is a content of more than most
// bytes.
func (m *Manifest) pieces(groups []*group, most int64) (pieces [][]int) {
	var list []int
	size := int64(0)
	end := func() {
		if len(list) > 0 {
			pieces = append(pieces, list)
		}
		list, size = nil, 0
	}
	for i := 0; i < len(m.Entries); i++ {
		e := &m.Entries[i]
		if e.Held {
			continue
		}
		if len(groups) > 0 && groups[0].list[0] == i {
			end()
			pieces = append(pieces, groups[0].list)
			i, groups = last(groups[0].list), groups[1:]
			continue
		}
		if e.Size > most {
			end()
		}
		list = append(list, i)
		if size += blockSize + e.Size; size >= min(pieceSize, most) || len(list) == pieceEntries {
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
	contents []held           // that are not hashed yet
	pair     hashpair.Hasher  // the tag is the number of the content
	sums     []crate.Checksum // of the contents
}

// held is the content of an entry, or what reads it part by part.
type held struct {
	e    *Entry
	data []byte
	next func() (part []byte, last bool)
}

func newPieceReader(t *bundleWriter, m *Manifest) *pieceReader {
	r := &pieceReader{bundleWriter: t, m: m}
	r.pair.Done = func(tag int, sum [len(crate.Checksum{})]byte) { r.sums[tag] = sum }
	return r
}

// read reads the piece of some entries, and makes sure of it. The error is that of the first
// of them that has one.
func (r *pieceReader) read(list []int) (piece, error) {
	if g := r.groupOf(list); g != nil {
		return piece{group: g}, nil
	}
	p, err := r.fill(list)
	return p, cmp.Or(r.hash(), err)
}

// fill reads the piece of some entries, whose contents are to be hashed.
func (r *pieceReader) fill(list []int) (p piece, err error) {
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
	p.data = r.buffer(size)[:0]
	for n, i := range list {
		p.data = append(p.data, heads[n]...)
		p.cut(false)
		if err := r.content(&p, i); err != nil {
			return p, err
		}
	}
	return p, nil
}

// hash makes sure of the contents that were read: the longest first, so that the last two
// end at about the same time. The error is that of the first that is not right.
func (r *pieceReader) hash() error {
	order := make([]int, len(r.contents))
	for n := range order {
		order[n] = n
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.contents[b].e.Size, r.contents[a].e.Size) })
	r.sums = slices.Grow(r.sums[:0], len(order))[:len(order)]
	for _, n := range order {
		if c := &r.contents[n]; c.next != nil {
			r.pair.AddParts(c.next, n)
		} else {
			r.pair.Add(c.data, n)
		}
	}
	r.pair.Flush()
	contents := r.contents
	r.contents = r.contents[:0]
	for n, c := range contents {
		if err := c.e.CheckSum(r.sums[n]); err != nil {
			return err
		}
	}
	return nil
}

// content adds the content of the i-th entry, and what fills its last block.
func (r *pieceReader) content(p *piece, i int) error {
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
	r.contents = append(r.contents, held{e: e, data: p.data[start:]})
	p.cut(r.stores(e))
	p.data = append(p.data, zeros[:padding(e.Size)]...)
	p.cut(false)
	return nil
}

// sizeOf is how many bytes the contents of some entries have.
func (m *Manifest) sizeOf(list []int) (size int64) {
	for _, i := range list {
		size += m.Entries[i].Size
	}
	return size
}

// sizeOfBuffers returns what is enough for nearly all pieces: those whose contents are held.
func (t *bundleWriter) sizeOfBuffers(m *Manifest, pieces [][]int, most int64) int {
	largest := int64(0)
	for _, list := range pieces {
		if t.groupOf(list) != nil {
			continue
		}
		size := int64(len(list))*4*blockSize + m.sizeOf(list) // a header, as nearly all are, and what fills the last block
		if m.Entries[list[0]].Size <= most {
			largest = max(largest, size)
		}
	}
	return int(largest)
}

// buffer returns one that has room for size bytes: the last that was given back, of which
// most is in the cache of the processor.
func (t *bundleWriter) buffer(size int) []byte {
	if size > t.bufferSize {
		return make([]byte, 0, size)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	last := len(t.free) - 1
	if last < 0 {
		return make([]byte, 0, t.bufferSize)
	}
	b := t.free[last]
	t.free = t.free[:last]
	return b
}

// release gives back a buffer.
func (t *bundleWriter) release(b []byte) {
	if cap(b) != t.bufferSize {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free = append(t.free, b)
}
