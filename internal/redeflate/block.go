package redeflate

// block collects the symbols of one block, and writes it in the shortest of three ways:
// stored, with the fixed codes, or with codes of its own. zlib and zlib-rs count the
// bits of each alike, so that their output differs by the matches only.
type block struct {
	symbols
	most  int // so many symbols are a block
	trees treeBuilder
}

func (b *block) full() bool { return len(b.list) == b.most }

// flush writes the block, the bytes of which are given, or nil when zlib's window has
// slid away over the first of them.
func (b *block) flush(bytes []byte, size int, last bool) {
	best, fixed := b.makeCodes()
	b.out.flag(last)
	switch {
	case bytes != nil && size+4 <= min(best, fixed):
		b.out.put(storedBlock, 2)
		b.out.stored(bytes)
	case fixed <= best:
		b.out.put(fixedBlock, 2)
		b.sendFixed()
	default:
		b.out.put(dynamicBlock, 2)
		b.sendDynamic()
	}
	b.end(last)
}

// makeCodes makes codes for the block, and returns the bytes that it takes with them and
// with the fixed ones.
func (b *block) makeCodes() (best, fixed int) {
	b.litFreq[endOfBlock] = 1
	b.trees.build(b.lit[:], b.litFreq[:], maxCode)
	b.trees.build(b.dist[:], b.distFreq[:], maxCode)
	lit, dist := trimmed(b.lit[:], 1), trimmed(b.dist[:], 1)
	b.header.begin(lit, dist)
	b.header.runs(lit)
	b.header.runs(dist)
	b.header.finish(&b.trees)
	best = b.header.bits
	add := func(f uint32, own, fixedCode code, extra uint8) {
		best += int(f) * int(own.len+extra)
		fixed += int(f) * int(fixedCode.len+extra)
	}
	for i, f := range b.litFreq {
		add(f, b.lit[i], b.fixedLit[i], b.tables.litBits[i])
	}
	for i, f := range b.distFreq {
		add(f, b.dist[i], b.fixedDist[i], distBits[i])
	}
	return (best + 3 + 7) >> 3, (fixed + 3 + 7) >> 3
}
