package redeflate

import "io"

// An encoder makes the deflate stream of what is written to it, and Close ends it. It
// writes that block by block, after the first error no more.
type encoder struct {
	window  window
	matcher matcher
	out     *bitWriter
}

// A matcher finds matches in the window and writes blocks of them.
type matcher interface {
	advance(final bool) // as far as the input goes
	slide(by int)
	position() int // nothing before it is worked on
}

func newEncoder(kind Encoder, w io.Writer, spend func(steps int64) error) *encoder {
	e := new(encoder)
	e.window.spend = spend
	switch kind {
	case Miniz:
		m := newMiniz(&e.window)
		m.init(w)
		e.matcher, e.out = m, &m.out
	default:
		z := newLazy(&e.window, kind)
		z.init(w)
		e.matcher, e.out = z, &z.out
	}
	return e
}

// Write implements io.Writer. Its error is that of the writer below.
func (e *encoder) Write(p []byte) (n int, err error) {
	for n < len(p) && e.out.err == nil {
		n += e.window.fill(p[n:])
		if e.window.end < windowSize {
			break
		}
		if e.matcher.advance(false); e.out.err == nil {
			e.matcher.slide(e.window.slide(e.matcher.position()))
		}
	}
	return n, e.out.err
}

// Close implements io.Closer. Nothing else is closed.
func (e *encoder) Close() error {
	e.window.finish()
	if e.matcher.advance(true); e.out.err == nil {
		e.out.err = e.window.tell()
	}
	return e.out.err
}
