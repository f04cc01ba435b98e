package redeflate

import "io"

// symbol is a literal byte or a match: its distance, 0 for a literal, above eight bits
// with the byte or the length less minMatch.
type symbol uint32

// symbols are those of one block, how often each occurs, and their codes: what zlib's
// blocks have in common with miniz's.
type symbols struct {
	out      bitWriter
	tables   *codeTables
	list     []symbol
	litFreq  [numLit]uint32
	distFreq [numDist]uint32

	lit       [numLit]code
	dist      [numDist]code
	header    blockHeader
	fixedLit  [288]code
	fixedDist [numDist]code
}

func (s *symbols) init(w io.Writer) {
	s.out.w, s.tables = w, tables()
	s.fixedLit, s.fixedDist = fixedCodes()
}

func (s *symbols) literal(v byte) {
	s.list = append(s.list, symbol(v))
	s.litFreq[v]++
}

func (s *symbols) match(dist, length int) {
	s.list = append(s.list, symbol(dist<<8|(length-minMatch)))
	s.litFreq[endOfBlock+1+int(s.tables.length[length-minMatch])]++
	s.distFreq[s.tables.dist(uint(dist-1))]++
}

func (s *symbols) sendFixed() { s.send(s.fixedLit[:], s.fixedDist[:]) }

func (s *symbols) sendDynamic() {
	s.header.send(&s.out)
	s.send(s.lit[:], s.dist[:])
}

// send writes the symbols and the end of the block.
func (s *symbols) send(lit, dist []code) {
	t, b := s.tables, &s.out
	for _, sym := range s.list {
		d, v := uint(sym>>8), uint8(sym)
		if d == 0 {
			c := lit[v]
			b.put(uint32(c.bits), uint(c.len))
			continue
		}
		lc := t.length[v]
		c := lit[endOfBlock+1+int(lc)]
		b.put(uint32(c.bits)|uint32(v-t.lengthBase[lc])<<c.len, uint(c.len+lengthBits[lc]))
		dc := t.dist(d - 1)
		c = dist[dc]
		b.put(uint32(c.bits)|uint32(uint16(d-1)-t.distBase[dc])<<c.len, uint(c.len+distBits[dc]))
	}
	c := lit[endOfBlock]
	b.put(uint32(c.bits), uint(c.len))
}

// end makes room for the next block.
func (s *symbols) end(last bool) {
	if last {
		s.out.align()
		s.out.drain(0)
	}
	s.list = s.list[:0]
	clear(s.litFreq[:])
	clear(s.distFreq[:])
	s.out.drain(outSize)
}
