package redeflate

// miniz's limits at level 9.
const (
	minizChain   = (768 + 2) / 3    // how often it looks at the chain
	minizLazy    = (768>>2 + 2) / 3 // after a match of goodMatch or more
	minizPlaces  = 3                // so many places each time
	minizTooFar  = 8 << 10          // from here on a match of three bytes is not taken
	minizTakeAll = 128              // a match this long is taken at once
)

// miniz is tdefl_compress_normal of miniz, and of miniz_oxide after it.
type miniz struct {
	*window
	chains
	ranks
	minizBlock

	pos  int
	size int // how far back matches may reach

	length, dist int  // the match at the position before, 0 for none
	last         byte // what was there
}

func (m *miniz) position() int { return m.pos }

func newMiniz(w *window) *miniz { return &miniz{window: w} }

func (m *miniz) advance(final bool) {
	for m.out.err == nil {
		lookahead := min(m.end-m.pos, maxMatch)
		if lookahead < maxMatch && !final || lookahead == 0 {
			break
		}
		if m.steps >= stepsAtOnce {
			m.out.err = m.tell()
		}
		m.chains.extend(m.window, m.pos+lookahead-minMatch)
		m.size = min(reach-lookahead, m.size)
		by := m.step(lookahead)
		m.pos += by
		m.size = min(m.size+by, reach)
		if m.full() {
			m.flushBlock(false)
		}
	}
	if final {
		m.flushBlock(true)
	}
}

// step decides on one position, and returns how many bytes it has gone on.
func (m *miniz) step(lookahead int) (by int) {
	at := int(uint16(m.gone+int64(m.pos)) % reach)
	length, dist := m.search(max(m.length, minMatch-1), lookahead)
	if length == minMatch && dist >= minizTooFar || at == dist {
		length, dist = 0, 0
	}
	switch {
	case m.length > 0 && length <= m.length:
		m.addMatch(m.dist, m.length)
		by, m.length = m.length-1, 0
		return by
	case m.length > 0:
		m.addLiteral(m.last)
	case dist == 0:
		m.addLiteral(m.buf[m.pos])
		return 1
	}
	if length >= minizTakeAll {
		m.addMatch(dist, length)
		m.length = 0
		return length
	}
	m.last, m.dist, m.length = m.buf[m.pos], dist, length
	return 1
}

// flushBlock ends the block, which may be stored if it is in reach.
func (m *miniz) flushBlock(last bool) {
	var bytes []byte
	if m.pos-m.start <= m.size {
		bytes = m.buf[m.start : m.start+m.bytes]
	}
	m.flush(bytes, last)
}

// search returns the longest match that is longer than least, or least.
func (m *miniz) search(least, lookahead int) (length, dist int) {
	length = least
	if lookahead <= length {
		return length, 0
	}
	looks := minizChain
	if length >= goodMatch {
		looks = minizLazy
	}
	m.ranks.extend(m.window, m.pos)
	l := longer{w: m.window, c: &m.chains, pos: m.pos, length: least}
	l.limit, l.nice = m.limit(), lookahead
	l.begin()
	for l.next() {
		switch steps := m.between(m.pos, l.from); {
		case steps > minizPlaces*looks:
			return length, dist
		case steps > looks:
			return m.count(looks, least, lookahead)
		}
		if length, dist = l.length, m.pos-l.from; length == lookahead {
			break
		}
	}
	return length, dist
}

// limit returns the place after which matches begin. A position is a uint16 in miniz, and
// 0 ends a chain, so each 65,536th ends its own.
func (m *miniz) limit() int {
	limit := max(m.pos-m.size-1, 0)
	round := m.pos - 1 - int(uint16(m.gone+int64(m.pos)-1))
	if round > limit && hash3(m.load32(round)) == hash3(m.load32(m.pos)) {
		return round
	}
	return limit
}

// count goes along the chain as miniz does. Three places count as one look, but one that
// may be the match, as the two bytes at its end are right, ends the look.
func (m *miniz) count(looks, least, lookahead int) (length, dist int) {
	length = least
	at, limit := m.pos, m.limit()
	for range looks {
		for range minizPlaces {
			m.steps++
			if at = m.before(at); at <= limit {
				return length, dist
			}
			if m.ends(at, length) {
				if n := min(m.equal(at, m.pos), lookahead); n > length {
					length, dist = n, m.pos-at
				}
				break
			}
		}
		if length == lookahead {
			break
		}
	}
	return length, dist
}

// ends reports whether the last byte of the match so far, and the next, are as at from.
func (m *miniz) ends(from, length int) bool {
	return m.buf[from+length] == m.buf[m.pos+length] && m.buf[from+length-1] == m.buf[m.pos+length-1]
}

// slide follows the window.
func (m *miniz) slide(by int) {
	m.chains.slide(by)
	m.ranks.to -= by
	m.pos -= by
	m.start -= by
}
