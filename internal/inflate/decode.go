package inflate

import "encoding/binary"

// maxSymbol is how many bits a match may have: two codes and their extra bits.
// It is less than refill provides. So is, with a code that was looked up already,
// what three literals may use.
const maxSymbol = maxCode + 5 + maxCode + 13

// decodeCoded goes on with a block of codes until it ends or the goal is reached.
func (r *Reader) decodeCoded() error {
	for r.next == codedBlock && r.to < r.goal {
		var err error
		if r.more(2 * inSlack) {
			err = r.decodeFast()
		} else {
			err = r.decodeSymbol()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// decodeFast is the hot loop. At the top of it e is the entry for the next bits,
// of which there are at least 56.
//
// Its shape follows the archives of crates: six symbols of ten are matches, and
// two matches of three follow a match directly. Of matches four in five have 32
// bytes or fewer and one in thirty is from less than 16 bytes back. Entries of
// two literals do not pay, as two codes rarely fit into the first look-up.
func (r *Reader) decodeFast() error {
	in, out := &r.in, &r.out
	bits, nbits, at, to := r.bits, r.nbits, uint(r.at), r.to
	lastAt := uint(r.end - inSlack)
	bad := false
	bits, nbits, at = refill(in, bits, nbits, at)
	e := r.lit[bits&(1<<litBits-1)]
	for at <= lastAt && to < outLimit {
		if e >= literal {
			bits >>= e & 63
			nbits -= uint(e)
			out[to] = byte(e >> valueShift)
			to++
			e = r.lit[bits&(1<<litBits-1)]
			if e >= literal {
				bits >>= e & 63
				nbits -= uint(e)
				out[to] = byte(e >> valueShift)
				to++
				e = r.lit[bits&(1<<litBits-1)]
				if e >= literal {
					bits >>= e & 63
					nbits -= uint(e)
					out[to] = byte(e >> valueShift)
					to++
					bits, nbits, at = refill(in, bits, nbits, at)
					e = r.lit[bits&(1<<litBits-1)]
					continue
				}
			}
			bits, nbits, at = refill(in, bits, nbits, at)
		}
		if e&isSpecial != 0 {
			if e&isLink != 0 {
				e = r.lit[subtableIndex(e, bits>>litBits)]
				continue
			}
			bits >>= e & 63
			nbits -= uint(e)
			r.next = blockHeader
			bad = e>>valueShift == 0
			break
		}
		length := value(e, bits)
		bits >>= e & 63
		nbits -= uint(e)
		d := r.dist[bits&(1<<distBits-1)]
		if d&isSpecial != 0 {
			if d&isLink != 0 {
				d = r.dist[subtableIndex(d, bits>>distBits)]
			}
			if d&isSpecial != 0 {
				bad = true
				break
			}
		}
		dist := value(d, bits)
		// A distance too great makes from a huge number. The second condition never
		// holds; it tells the compiler what it cannot see, and saves many checks.
		from := to - dist
		if from > outLimit+2 || to > outLimit+2 {
			bad = true
			break
		}
		bits >>= d & 63
		nbits -= uint(d)
		bits, nbits, at = refill(in, bits, nbits, at)
		e = r.lit[bits&(1<<litBits-1)]
		if dist >= 16 {
			copy32((*[32]byte)(out[to:to+32]), (*[32]byte)(out[from:from+32]))
			if length > 32 {
				a, b := out[to:to+288], out[from:from+288]
				for i := uint(32); i < length && i <= 256; i += 32 {
					copy32((*[32]byte)(a[i:i+32]), (*[32]byte)(b[i:i+32]))
				}
			}
		} else {
			repeat(out[from:], dist, length)
		}
		to += length
	}
	r.bits, r.nbits, r.at, r.to = bits, nbits&63, int(at), to
	r.unread()
	if bad {
		return r.corrupt()
	}
	return nil
}

// value is the length or distance of e and the extra bits.
func value(e entry, bits uint64) uint {
	return uint(e>>valueShift) + uint(bits&(1<<(e&63)-1)>>(e>>codeShift&63))
}

// subtableIndex is the place in the table that e, a link, leads to. bits are
// those after the first look-up.
func subtableIndex(e entry, bits uint64) uint {
	return uint(e>>valueShift) + uint(bits&(1<<(e>>codeShift&63)-1))
}

// copy32 copies the first half before it reads the second, so a match may be from
// 16 bytes back.
func copy32(to, from *[32]byte) {
	*(*[16]byte)(to[:16]) = *(*[16]byte)(from[:16])
	*(*[16]byte)(to[16:]) = *(*[16]byte)(from[16:])
}

// repeat repeats the first dist bytes of b, length in all, and spoils up to seven
// more. After each copy twice as many bytes at the start of b are good.
func repeat(b []byte, dist, length uint) {
	to, end := dist, dist+length
	for to < 8 && to < end {
		binary.LittleEndian.PutUint64(b[to:], binary.LittleEndian.Uint64(b))
		to *= 2
	}
	for from := uint(0); to < end; from += 8 {
		binary.LittleEndian.PutUint64(b[to:], binary.LittleEndian.Uint64(b[from:]))
		to += 8
	}
}

// decodeSymbol decodes one symbol when there is little input left.
func (r *Reader) decodeSymbol() error {
	r.load(maxSymbol)
	if r.nbits < r.minBits {
		return r.truncated()
	}
	e, err := r.lookUp(r.lit[:], litBits)
	switch {
	case err != nil:
		return err
	case e >= literal:
		r.drop(uint(e & usedMask))
		r.out[r.to] = byte(e >> valueShift)
		r.to++
		return nil
	case e&isSpecial != 0:
		r.drop(uint(e & usedMask))
		r.next = blockHeader
		return nil
	}
	return r.decodeMatch(e)
}

// decodeMatch decodes the match that e, its length, begins.
func (r *Reader) decodeMatch(e entry) error {
	length := value(e, r.bits)
	r.drop(uint(e & usedMask))
	e, err := r.lookUp(r.dist[:], distBits)
	if err != nil {
		return err
	}
	dist := value(e, r.bits)
	r.drop(uint(e & usedMask))
	if dist > r.to {
		return r.corrupt()
	}
	for range length {
		r.out[r.to] = r.out[r.to-dist]
		r.to++
	}
	return nil
}

// lookUp finds the entry for the next bits, which is neither a link nor invalid.
// All the bits it uses are there.
func (r *Reader) lookUp(table []entry, tableBits uint) (entry, error) {
	e := table[r.bits&(1<<tableBits-1)]
	if e < literal && e&isLink != 0 {
		e = table[subtableIndex(e, r.bits>>tableBits)]
	}
	// Beyond the end of the input bits are 0. The entry found is then of one of the
	// codes that the bits there may belong to, and none of those is shorter.
	switch {
	case uint(e&usedMask) > r.nbits:
		return 0, r.truncated()
	case e < literal && e&isSpecial != 0 && e>>valueShift == 0:
		return 0, r.corrupt()
	}
	return e, nil
}
