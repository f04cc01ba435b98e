package inflate

// readCodes reads the codes that a block begins with. All that is sent of a code
// is the length of each symbol's, in bits; 0 is for symbols not used.
func (r *Reader) readCodes() error {
	h, err := r.field(5 + 5 + 4)
	if err != nil {
		return err
	}
	lits, dists, pres := h&31+257, h>>5&31+1, h>>10+4
	if lits > 286 || dists > 30 {
		return r.corrupt()
	}
	if err := r.readPreCode(pres); err != nil {
		return err
	}
	if err := r.readLens(r.lens[:lits+dists]); err != nil {
		return err
	}
	return r.buildTables(r.lens[:lits], r.lens[lits:lits+dists])
}

func (r *Reader) buildTables(lits, dists []uint8) error {
	b := &r.builder
	if !b.build(r.lit[:], litBits, lits, litSymbols[:]) {
		return r.corrupt()
	}
	// compress/flate loads so many bits before it looks at any. As input that ends
	// here is an error anyway, it matters only to what comes before the error.
	r.minBits = max(b.shortest(), uint(lits[endOfBlock]))
	if !b.build(r.dist[:], distBits, dists, distSymbols[:]) {
		return r.corrupt()
	}
	r.next = codedBlock
	return nil
}

// preOrder is the order in which the lengths of the pre-code come, likely zeros
// last.
var preOrder = [numPre]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readPreCode reads the first n lengths of the code that the lengths of the
// others are in.
func (r *Reader) readPreCode(n int) error {
	var lens [numPre]uint8
	for _, symbol := range preOrder[:n] {
		v, err := r.field(3)
		if err != nil {
			return err
		}
		lens[symbol] = uint8(v)
	}
	if !r.builder.build(r.pre[:], preBits, lens[:], preSymbols[:]) {
		return r.corrupt()
	}
	return nil
}

func (r *Reader) readLens(lens []uint8) error {
	for i := 0; i < len(lens); {
		symbol, err := r.readPreSymbol()
		if err != nil {
			return err
		}
		if symbol < 16 {
			lens[i] = uint8(symbol)
			i++
			continue
		}
		var value uint8
		if symbol == 16 {
			if i == 0 {
				return r.corrupt()
			}
			value = lens[i-1]
		}
		n, err := r.readRepeat(symbol)
		if err != nil {
			return err
		}
		if n > len(lens)-i {
			return r.corrupt()
		}
		for range n {
			lens[i] = value
			i++
		}
	}
	return nil
}

func (r *Reader) readPreSymbol() (int, error) {
	r.load(preBits)
	e := r.pre[r.bits&(1<<preBits-1)]
	switch used := uint(e & usedMask); {
	case used > r.nbits:
		return 0, r.truncated()
	case e&isSpecial != 0:
		return 0, r.corrupt()
	default:
		r.drop(used)
		return int(e >> valueShift), nil
	}
}

// readRepeat reads how many times a length is repeated.
func (r *Reader) readRepeat(symbol int) (n int, err error) {
	switch symbol {
	case 16:
		n, err = r.field(2)
		return n + 3, err
	case 17:
		n, err = r.field(3)
		return n + 3, err
	}
	n, err = r.field(7)
	return n + 11, err
}
