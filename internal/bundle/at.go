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

// placed is a piece that was read, the n-th.
type placed struct {
	piece
	n int
}

// maxReady is how many pieces wait to be written.
const maxReady = 2

// entriesAt writes all that is not held, behind so many bytes, and the end.
func (t *bundleWriter) entriesAt(at io.WriterAt, begin int64, m *Manifest) error {
	w := &atWriter{bundleWriter: t, m: m, at: at, pieces: m.pieces(nil)}
	w.moved.L = &w.turn
	t.bufferSize = t.sizeOfBuffers(m, w.pieces)
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
		if size(order[0]) > maxHeld {
			n = 1
		}
		pairs, order = append(pairs, order[:n]), order[n:]
	}
	return pairs
}

// take reads some pieces, and has them written.
func (w *atWriter) take(r *pieceReader, numbers []int) {
	pieces := make([]placed, len(numbers))
	var err error
	for i, n := range numbers {
		p, bad := r.fill(w.pieces[n])
		pieces[i], err = placed{p, n}, cmp.Or(err, bad)
	}
	err = cmp.Or(r.hash(), err)
	for _, p := range pieces {
		if err == nil {
			err = w.put(p)
		}
		p.close()
	}
	if err != nil {
		w.fail(err)
	}
}

func (w *atWriter) fail(err error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	w.err = cmp.Or(w.err, err)
	w.stop()
}

// put has a piece written by whoever writes, or else writes until there is nothing more to
// write: the system lets one write to a file at a time, and others would wait, or spin.
// What is read while it is written is written here.
func (w *atWriter) put(p placed) error {
	if p.from != nil {
		return w.place(p)
	}
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

// place writes a piece where it belongs.
func (w *atWriter) place(p placed) error {
	return w.write(plain{io.NewOffsetWriter(w.at, w.offsets[p.n])}, w.m, w.pieces[p.n], p.piece)
}

// plain is a sink that compresses nothing.
type plain struct{ io.Writer }

// Store implements sink.
func (plain) Store(bool) error { return nil }

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
