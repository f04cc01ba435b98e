package redeflate

// zlibTooFar is from where on zlib takes no match of three bytes.
const zlibTooFar = 4096

// searchZlib finds the match of zlib's longest_match. That goes along one chain, place by
// place, and so takes the nearest of the longest matches; how many places it looks at
// decides whether it gets there.
func searchZlib(z *lazy, least int) (length, start int) {
	length, start = least, z.start
	places := maxChain
	if least >= goodMatch {
		places /= 4
	}
	l := longer{w: z.window, c: &z.chains, pos: z.pos, length: least}
	l.limit, l.nice = max(z.pos-maxDist-1, 0), min(maxMatch, z.end-z.pos)
	z.ranks.extend(z.window, z.pos)
	l.begin()
	for l.next() {
		if z.pos-l.from == maxDist {
			places = 1 // only the first place may be that far
		}
		if z.between(z.pos, l.from) > places {
			break
		}
		if length, start = l.length, l.from; length == l.nice {
			break
		}
	}
	return length, start
}
