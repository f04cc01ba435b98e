package redeflate

// rsSearch is one search of zlib-rs: as in zlib-ng it goes along the chain of any three
// bytes of the match, whichever leads back furthest.
type rsSearch struct {
	z             *lazy
	limit         int // matches begin after it
	at, off       int // a place in the chain of the bytes at pos+off
	left          int
	length, start int
}

func searchZlibRs05(z *lazy, least int) (int, int) {
	return searchZlibRs(z, least, z.end-z.pos+1)
}

func searchZlibRs06(z *lazy, least int) (int, int) {
	return searchZlibRs(z, least, z.end-z.pos)
}

// searchZlibRs ends with the first match of at least enough bytes.
func searchZlibRs(z *lazy, least, enough int) (length, start int) {
	s := rsSearch{z: z, limit: max(z.pos-maxDist, 0), at: z.before(z.pos), left: maxChain}
	s.length, s.start = least, z.start
	if least >= goodMatch {
		s.left /= 4
	}
	lookahead := z.end - z.pos
	if least >= minMatch && !s.begin() {
		return min(s.length, lookahead), s.start
	}
	for s.next() {
		if s.length >= enough {
			return lookahead, s.start
		}
		if s.length >= maxMatch {
			break
		}
		if s.length > minMatch && s.start+s.length < z.pos {
			if !s.leap() {
				return min(s.length, lookahead), s.start
			}
		} else if !s.back() {
			break
		}
	}
	return s.length, s.start
}

// begin looks at all threes in what has to match, but the first.
func (s *rsSearch) begin() bool {
	s.z.steps += int64(s.length)
	for off := 1; off <= s.length-2; off++ {
		if head := int(s.z.head[hash3(s.z.load32(s.z.pos+off))]); head < s.at {
			s.at, s.off = head, off
		}
	}
	return s.at > s.limit+s.off
}

// next goes along the chain to a longer match.
func (s *rsSearch) next() bool {
	z, at, off, limit := s.z, s.at, s.off, s.limit+s.off
	p := z.probe(z.pos, s.length)
	for left := s.left; ; {
		if z.passes(p, at-off) {
			if n := z.equal(at-off, z.pos); n > s.length {
				z.steps += int64(s.left - left)
				s.at, s.left, s.length, s.start = at, left, n, at-off
				return true
			}
		}
		left--
		if at = z.before(at); left == 0 || at <= limit {
			z.steps += int64(s.left - left)
			return false
		}
	}
}

func (s *rsSearch) back() bool {
	s.left--
	s.at = s.z.before(s.at)
	return s.left > 0 && s.at > s.limit+s.off
}

// leap changes to the chain that leads back furthest from the match just found. A longer
// match has the same threes, so none is before any of these.
func (s *rsSearch) leap() bool {
	z := s.z
	z.steps += int64(s.length)
	s.at, s.off = s.start, 0
	for off := range s.length - minMatch + 1 {
		if at := z.before(s.start + off); at < s.at {
			if at <= s.limit+off {
				return false
			}
			s.at, s.off = at, off
		}
	}
	off := s.length - minMatch - 1
	if head := int(z.head[hash3(z.load32(z.pos+off))]); head < s.at {
		s.at, s.off = head, off
	}
	return s.at > s.limit+s.off
}
