package redeflate

// longer finds matches at pos, each longer than the one before it and the nearest of
// those. It gets there by few steps: whatever is longer has all the threes of the match so
// far, and the one that ends a byte later. So the chain of any of them will do, and that
// which leads back furthest is the shortest way. For that the chains must go on after pos,
// as far as a match does.
type longer struct {
	w     *window
	c     *chains
	pos   int
	limit int // matches begin after it
	nice  int // matches are not longer, as the input ends

	at, off      int // a place in the chain of the bytes at pos+off
	length, from int // the match
}

// begin sets out for matches of more than length.
func (l *longer) begin() {
	l.w.steps += int64(l.length)
	l.at, l.off = l.c.before(l.pos), 0
	for off := 1; off <= l.length+1-minMatch; off++ {
		l.take(l.c.before(l.pos+off), off)
	}
}

// take changes to a chain if that leads back further.
func (l *longer) take(at, off int) {
	if at-off < l.at-l.off {
		l.at, l.off = at, off
	}
}

// next finds the next match, if there is one.
func (l *longer) next() bool {
	w, c, off := l.w, l.c, l.off
	p := w.probe(l.pos, l.length)
	for at := l.at; at-off > l.limit; at = c.before(at) {
		if w.steps++; !w.passes(p, at-off) {
			continue
		}
		if n := min(w.equal(at-off, l.pos), l.nice); n > l.length {
			l.length, l.from = n, at-off
			l.leap()
			return true
		}
	}
	return false
}

// leap takes the best chain for what is before the match and longer.
func (l *longer) leap() {
	if l.length == l.nice {
		return
	}
	l.w.steps += int64(l.length)
	l.at, l.off = l.from, 0
	for off := range l.length + 1 - minMatch {
		l.take(l.c.before(l.from+off), off)
	}
	last := l.length + 1 - minMatch
	l.take(l.c.before(l.pos+last), last)
}
