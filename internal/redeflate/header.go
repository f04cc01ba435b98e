package redeflate

// blockHeader has the codes of a block in the form in which they are sent: their
// lengths, in a Huffman code of their own, RFC 1951, 3.2.7.
type blockHeader struct {
	numLit, numDist int
	lengths         []run
	freq            [numPre]uint32
	pre             [numPre]code
	numPre          int
	bits            int // all of it
}

// run is one symbol of that code: a length, or a repetition with how much longer
// it is than the shortest of its kind.
type run struct{ symbol, more uint8 }

// A coder makes Huffman codes for symbols that occur freq times, none longer than limit.
type coder interface {
	build(codes []code, freq []uint32, limit uint8)
}

// begin starts a header of two sets of codes, each given up to its last one that occurs.
func (h *blockHeader) begin(lit, dist []code) {
	h.numLit, h.numDist, h.lengths = len(lit), len(dist), h.lengths[:0]
	clear(h.freq[:])
}

// finish makes the code for what runs has added.
func (h *blockHeader) finish(c coder) {
	c.build(h.pre[:], h.freq[:], maxPre)
	for h.numPre = numPre; h.numPre > 4 && h.pre[preOrder[h.numPre-1]].len == 0; {
		h.numPre--
	}
	h.bits = 5 + 5 + 4 + 3*h.numPre
	for i, f := range h.freq {
		h.bits += int(f) * int(h.pre[i].len+preBits[i])
	}
}

// runs adds the lengths of codes.
func (h *blockHeader) runs(codes []code) {
	for from := 0; from < len(codes); {
		to := from + 1
		for to < len(codes) && codes[to].len == codes[from].len {
			to++
		}
		if n := codes[from].len; n == 0 {
			h.zeros(to - from)
		} else {
			h.equal(n, to-from)
		}
		from = to
	}
}

func (h *blockHeader) zeros(left int) {
	for left > 0 {
		n := min(left, maxManyZeros)
		left -= n
		switch {
		case n < minRepeat:
			h.add(0, 0, n)
		case n <= maxZeros:
			h.add(zeros, n-minRepeat, 1)
		default:
			h.add(manyZeros, n-maxZeros-1, 1)
		}
	}
}

// equal adds a run of one length that is not 0. The first of it is sent as it is.
func (h *blockHeader) equal(length uint8, left int) {
	n := min(left, 1+maxRepeat)
	if n <= minRepeat {
		h.add(length, 0, n)
	} else {
		h.add(length, 0, 1)
		h.add(repeatLast, n-1-minRepeat, 1)
	}
	for left -= n; left > 0; left -= n {
		if n = min(left, maxRepeat); n < minRepeat {
			h.add(length, 0, n)
		} else {
			h.add(repeatLast, n-minRepeat, 1)
		}
	}
}

func (h *blockHeader) add(symbol uint8, more, times int) {
	h.freq[symbol] += uint32(times)
	for range times {
		h.lengths = append(h.lengths, run{symbol, uint8(more)})
	}
}

func (h *blockHeader) send(b *bitWriter) {
	b.put(uint32(h.numLit-endOfBlock-1), 5)
	b.put(uint32(h.numDist-1), 5)
	b.put(uint32(h.numPre-4), 4)
	for _, i := range preOrder[:h.numPre] {
		b.put(uint32(h.pre[i].len), 3)
	}
	for _, r := range h.lengths {
		c := h.pre[r.symbol]
		b.put(uint32(c.bits)|uint32(r.more)<<c.len, uint(c.len+preBits[r.symbol]))
	}
}
