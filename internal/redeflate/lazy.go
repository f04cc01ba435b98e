package redeflate

// What zlib's deflate.c and zlib-rs have in common at level 9.
const (
	minLookahead = maxMatch + minMatch + 1 // below it more input is read
	maxDist      = reach - minLookahead
	maxChain     = 4096 // how many earlier places are looked at
	goodMatch    = 32   // after a match this long only a quarter of them

	// flate2 asks for these. They decide how many symbols a block has, and in zlib how
	// many bits the hash.
	memLevel      = 8
	memLevelLarge = 9 // before flate2 1.0.15
)

// lazy is deflate_slow of both: a match is taken when the one a byte later is not longer.
// What they differ in are fields of it.
type lazy struct {
	*window
	chains
	ranks
	block

	// search returns the longest match at pos, or if none is longer than least one
	// that is not.
	search    func(z *lazy, least int) (length, start int)
	ahead     int // how far after pos the chains go on
	minInsert int // how many bytes must follow a position in the chains
	tooFar    int // a match of three bytes from further away is not taken

	pos        int
	blockStart int
	base       int // where zlib's window of 64 KiB begins

	length, start int  // the match at the position before
	pending       bool // the byte before pos is not in the block yet
}

func newLazy(w *window, kind Encoder) *lazy {
	z := &lazy{window: w, length: minMatch - 1}
	z.most = 1<<(memLevel+6) - 1
	z.search, z.minInsert, z.tooFar, z.ahead = searchZlib, minMatch, zlibTooFar, maxMatch
	switch kind {
	case ZlibLarge:
		z.most, z.wide = 1<<(memLevelLarge+6)-1, true
	case ZlibRs05:
		z.search, z.minInsert, z.tooFar, z.ahead = searchZlibRs05, minMatch+1, reach, 0
	case ZlibRs06:
		z.search, z.minInsert, z.tooFar, z.ahead = searchZlibRs06, minMatch+1, reach, 0
	}
	return z
}

func (z *lazy) position() int { return z.pos }

func (z *lazy) advance(final bool) {
	for z.out.err == nil {
		lookahead := z.end - z.pos
		if lookahead < minLookahead && !final || lookahead == 0 {
			break
		}
		if z.steps >= stepsAtOnce {
			z.out.err = z.tell()
		}
		z.follow()
		z.step(lookahead)
	}
	if final {
		if z.pending {
			z.literal(z.buf[z.pos-1])
		}
		z.flushBlock(true)
	}
}

// step decides on the match at the position before: it is taken, or one byte of it is, and
// the match at this position has to wait.
func (z *lazy) step(lookahead int) {
	head := 0
	if lookahead >= z.minInsert {
		z.chains.extend(z.window, min(z.pos+z.ahead, z.end-minMatch))
		head = z.before(z.pos)
	}
	length, start := minMatch-1, z.start
	if head > 0 && z.length < maxMatch && z.pos-head <= maxDist {
		length, start = z.search(z, z.length)
		if length == minMatch && z.pos-start > z.tooFar {
			length = minMatch - 1
		}
	}
	if z.length >= minMatch && length <= z.length {
		z.take()
		return
	}
	if z.pending {
		z.literal(z.buf[z.pos-1])
		if z.full() {
			z.flushBlock(false)
		}
	}
	z.pending, z.length, z.start = true, length, start
	z.pos++
}

// take puts the match that begins a byte before pos into the block.
func (z *lazy) take() {
	z.match(z.pos-1-z.start, z.length)
	next := z.pos - 1 + z.length
	z.chains.extend(z.window, min(next-1, z.end-minMatch))
	z.pos, z.length, z.pending = next, minMatch-1, false
	if z.full() {
		z.flushBlock(false)
	}
}

func (z *lazy) flushBlock(last bool) {
	var bytes []byte
	if z.blockStart >= z.base {
		bytes = z.buf[z.blockStart:z.pos]
	}
	z.flush(bytes, z.pos-z.blockStart, last)
	z.blockStart = z.pos
}

// follow moves zlib's window when zlib does.
func (z *lazy) follow() {
	if z.pos-z.base >= reach+maxDist && min(z.base+2*reach, z.end)-z.pos < minLookahead {
		z.base += reach
	}
}

// slide follows our own window.
func (z *lazy) slide(by int) {
	z.chains.slide(by)
	z.ranks.to -= by
	z.pos -= by
	z.blockStart -= by
	z.base -= by
	z.start -= by
}
