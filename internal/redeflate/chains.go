package redeflate

// chains finds where three bytes were before, by hash: the last place of each, and from
// every place the one before it. The hash is that of zlib-rs at level 9, which goes through
// them; the others need what is in them only.
type chains struct {
	head [1 << 15]int32 // 0 for none: no encoder matches what is there
	back [reach]uint16  // by position modulo reach: how far it is to the one before, or is at least
	to   int            // positions before it are in
}

// hash3 is the hash of the first three bytes of four.
func hash3(b uint32) uint32 {
	return (b<<10 ^ b>>8&255<<5 ^ b>>16&255) & (1<<15 - 1)
}

// extend adds positions up to last.
func (c *chains) extend(w *window, last int) {
	for at := c.to; at <= last; at++ {
		h := hash3(w.load32(at))
		c.back[at&(reach-1)] = uint16(min(at-int(c.head[h]), 1<<16-1))
		c.head[h] = int32(at)
	}
	c.to = max(c.to, last+1)
}

// before returns the position in the chain before i. If there is none, or it is out of
// reach, it returns some place that also is, or 0.
func (c *chains) before(i int) int { return i - int(c.back[i&(reach-1)]) }

// slide follows the window.
func (c *chains) slide(by int) {
	for i, v := range c.head {
		c.head[i] = max(v-int32(by), 0)
	}
	c.to -= by
}

// ranks count the places of an encoder's own chains, so that nobody has to go along one to
// know how many there are between two. The hash has 15 bits, or with wide 16.
type ranks struct {
	wide  bool
	count [1 << 16]uint16
	rank  [reach]uint16
	to    int // positions before it are in
}

func (r *ranks) hash(b uint32) uint32 {
	if r.wide {
		return (b<<12 ^ b>>8&255<<6 ^ b>>16&255) & (1<<16 - 1)
	}
	return hash3(b)
}

// extend adds positions up to last.
func (r *ranks) extend(w *window, last int) {
	for ; r.to <= last; r.to++ {
		n := &r.count[r.hash(w.load32(r.to))]
		*n++
		r.rank[r.to&(reach-1)] = *n
	}
}

// between returns how many steps along their chain it is from i back to an earlier place.
func (r *ranks) between(i, earlier int) int {
	return int(r.rank[i&(reach-1)] - r.rank[earlier&(reach-1)])
}
