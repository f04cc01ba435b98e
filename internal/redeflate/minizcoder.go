package redeflate

import "slices"

// A minizCoder makes Huffman codes as miniz does: symbols are sorted by how often they
// occur, and lengths found in place by the method of Moffat and Katajainen.
type minizCoder struct {
	order []uint32 // how often, and below that which symbol
	depth []int
}

// build returns into codes those for symbols that occur freq times, none longer than
// limit.
func (m *minizCoder) build(codes []code, freq []uint32, limit uint8) {
	m.order, m.depth = m.order[:0], m.depth[:0]
	for i, f := range freq {
		if f > 0 {
			m.order = append(m.order, f<<9|uint32(i))
		}
	}
	slices.Sort(m.order)
	for _, o := range m.order {
		m.depth = append(m.depth, int(o>>9))
	}
	minimumRedundancy(m.depth)
	var count [64]int
	for _, d := range m.depth {
		count[d]++
	}
	if len(m.order) > 1 {
		limitLengths(&count, int(limit))
	}
	clear(codes)
	last := len(m.order)
	for n := 1; n <= int(limit); n++ {
		for range count[n] {
			last--
			codes[m.order[last]&(1<<9-1)].len = uint8(n)
		}
	}
	assign(codes)
}

// minimumRedundancy replaces weights, the lightest first, by lengths of codes.
func minimumRedundancy(a []int) {
	n := len(a)
	if n < 2 {
		for i := range a {
			a[i] = 1
		}
		return
	}
	parents(a)
	for next := n - 3; next >= 0; next-- { // from parents to depths of inner nodes
		a[next] = a[a[next]] + 1
	}
	available, used, depth := 1, 0, 0
	root, next := n-2, n-1
	for available > 0 { // from inner nodes to leaves
		for root >= 0 && a[root] == depth {
			used++
			root--
		}
		for ; available > used; available-- {
			a[next] = depth
			next--
		}
		available, used = 2*used, 0
		depth++
	}
}

// parents joins the lightest two until one is left. For each inner node it leaves in its
// place which one it was joined under, and 0 for the last.
func parents(a []int) {
	n := len(a)
	a[0] += a[1]
	root, leaf := 0, 2
	for next := 1; next < n-1; next++ {
		take := func(any bool) (weight int) {
			if leaf >= n || any && a[root] < a[leaf] {
				weight = a[root]
				a[root] = next
				root++
				return weight
			}
			leaf++
			return a[leaf-1]
		}
		first := take(true)
		a[next] = first
		a[next] = first + take(root < next)
	}
	a[n-2] = 0
}

// limitLengths makes room for codes that would be longer than limit.
func limitLengths(count *[64]int, limit int) {
	total := 0
	for n := limit + 1; n < len(count); n++ {
		count[limit] += count[n]
	}
	for n := 1; n <= limit; n++ {
		total += count[n] << (limit - n)
	}
	for ; total > 1<<limit; total-- {
		count[limit]--
		for n := limit - 1; n > 0; n-- {
			if count[n] > 0 {
				count[n]--
				count[n+1] += 2
				break
			}
		}
	}
}
