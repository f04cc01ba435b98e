package bundle

import (
	"cmp"
	"context"
	"io"
	"slices"
	"sync"

	"cargohome/internal/par"
)

// atWriter writes a tar that is not compressed to a file: where each piece belongs is known
// before anything is read, so that they need not come in order.
type atWriter struct {
	*bundleWriter
	m       *Manifest
	at      io.WriterAt
	pieces  [][]int
	offsets []int64
	stop    func()

	turn  sync.Mutex // of what follows
	moved sync.Cond
	busy  bool     // somebody writes
	ready []placed // to be written
	err   error    // the first of all
}

// placed is data that belongs somewhere. With it the entries of a list are whole.
type placed struct {
	data []byte // of a buffer, which is of no use then
	at   int64
	list []int
}

// maxReady is how many pieces wait to be written.
const maxReady = 2

// entriesAt writes all that is not held, behind so many bytes, and the end.
func (t *bundleWriter) entriesAt(at io.WriterAt, begin int64, m *Manifest) error {
	w := &atWriter{bundleWriter: t, m: m, at: at, pieces: m.pieces(nil, maxHeldAt)}
	w.moved.L = &w.turn
	t.bufferSize = max(partSize+blockSize, t.sizeOfBuffers(m, w.pieces, maxHeldAt))
	var end int64
	var err error
	if w.offsets, end, err = m.offsets(begin, w.pieces); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(t.ctx)
	defer stop()
	w.stop = stop
	pairs := w.pairs()
	newReader := func() *pieceReader { return newPieceReader(t, m) }
	par.Do(ctx, t.jobs(), len(pairs), newReader, func(r *pieceReader, i int) error {
		w.take(r, pairs[i])
		return nil
	})
	if err := cmp.Or(w.err, t.ctx.Err()); err != nil {
		return err
	}
	_, err = at.WriteAt(zeros[:], end)
	return err
}

// pairs are pieces of about one size, by their numbers, so that both are hashed at a time to
// the end; the largest first.
func (w *atWriter) pairs() (pairs [][]int) {
	order := make([]int, len(w.pieces))
	for n := range order {
		order[n] = n
	}
	size := func(n int) int64 { return w.m.sizeOf(w.pieces[n]) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size(b), size(a)) })
	for len(order) > 0 {
		n := min(2, len(order))
		pairs, order = append(pairs, order[:n]), order[n:]
	}
	return pairs
}

// take reads some pieces, and has them written.
func (w *atWriter) take(r *pieceReader, numbers []int) {
	var pieces []placed
	var flows []*flow
	var err error
	for _, n := range numbers {
		list := w.pieces[n]
		if w.m.Entries[list[0]].Size > maxHeldAt {
			f, bad := w.flow(list, w.offsets[n])
			if err = cmp.Or(err, bad); bad == nil {
				flows = append(flows, f)
				r.contents = append(r.contents, held{e: f.e, next: f.next})
			}
			continue
		}
		p, bad := r.fill(list)
		pieces, err = append(pieces, placed{p.data, w.offsets[n], list}), cmp.Or(err, bad)
	}
	wrong := r.hash()
	for _, f := range flows {
		err = cmp.Or(err, f.end())
	}
	err = cmp.Or(err, wrong)
	for _, p := range pieces {
		if err == nil {
			err = w.put(p)
		}
	}
	if err != nil {
		w.fail(err)
	}
}

// flow is a content that is read, hashed and written part by part.
type flow struct {
	w    *atWriter
	e    *Entry
	from io.ReadCloser
	left int64  // bytes to be read
	part placed // that is being hashed
	err  error
}

const partSize = 256 << 10 // in bytes

// flow begins one, which belongs at an offset with its header.
func (w *atWriter) flow(list []int, at int64) (*flow, error) {
	e := &w.m.Entries[list[0]]
	head, err := e.header()
	if err != nil {
		return nil, e.error(err)
	}
	from, err := w.open(list[0])
	if err != nil {
		return nil, e.error(err)
	}
	return &flow{w: w, e: e, from: from, left: e.Size, part: placed{head, at, list}}, nil
}

// next has the part before written, and reads one. After an error there is no more.
func (f *flow) next() (part []byte, last bool) {
	list := f.part.list
	f.part.list = nil
	f.pass()
	n := min(f.left, partSize)
	b := f.w.buffer(int(n + padding(f.e.Size)))[:n]
	if f.err == nil {
		_, err := io.ReadFull(f.from, b)
		f.err = f.e.error(changed(err))
	}
	if f.left -= n; f.err != nil {
		return nil, true
	}
	f.part.data, f.part.list = b, list
	if f.left == 0 {
		f.part.data = append(b, zeros[:padding(f.e.Size)]...)
	}
	return b, f.left == 0
}

// pass has the part written.
func (f *flow) pass() {
	if f.err = cmp.Or(f.err, f.w.ctx.Err()); f.err == nil {
		f.err = f.w.put(f.part)
	}
	f.part.at += int64(len(f.part.data))
	f.part.data = nil
}

// end has the last part written.
func (f *flow) end() error {
	f.pass()
	_ = f.from.Close() // that was read to its end, or is of no use
	return f.err
}

func (w *atWriter) fail(err error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	w.err = cmp.Or(w.err, err)
	w.stop()
}

// put has data written by whoever writes, or else writes until there is nothing more to
// write: the system lets one write to a file at a time, and others would wait, or spin.
func (w *atWriter) put(p placed) error {
	w.turn.Lock()
	defer w.turn.Unlock()
	for len(w.ready) == maxReady { // and so somebody is at it
		w.moved.Wait()
	}
	w.ready = append(w.ready, p)
	var err error
	for !w.busy && len(w.ready) > 0 {
		next := w.ready[0]
		w.ready, w.busy = w.ready[1:], true
		w.turn.Unlock()
		err = cmp.Or(err, w.place(next))
		w.turn.Lock()
		w.busy = false
		w.moved.Broadcast()
	}
	return err
}

// place writes data where it belongs.
func (w *atWriter) place(p placed) error {
	_, err := w.at.WriteAt(p.data, p.at)
	w.release(p.data)
	for _, i := range p.list {
		if err == nil && w.o.Progress != nil {
			w.o.Progress(&w.m.Entries[i])
		}
	}
	return err
}

// offsets returns where in the tar each piece begins, the first behind so many bytes, and
// where the last ends.
func (m *Manifest) offsets(at int64, pieces [][]int) (offsets []int64, end int64, err error) {
	offsets = make([]int64, len(pieces))
	for n, list := range pieces {
		offsets[n] = at
		for _, i := range list {
			e := &m.Entries[i]
			size, err := e.blocks()
			if err != nil {
				return nil, 0, e.error(err)
			}
			at += size
		}
	}
	return offsets, at, nil
}
