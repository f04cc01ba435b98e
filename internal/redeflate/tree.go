package redeflate

// A treeBuilder makes Huffman codes as zlib's trees.c does, and zlib-rs after it: the
// lightest two nodes of a binary heap are joined until one is left. Which of several
// equally good codes comes out hangs on the order in which the heap gives nodes of one
// weight, so this heap has to move them as zlib's does.
type treeBuilder struct {
	key    [2 * numLit]uint32 // by node: how often it occurs, and under that its height
	parent [2 * numLit]uint16
	depth  [2 * numLit]uint8 // under the root
	heap   [numLit + 1]uint16
	size   int                // heap[1:size+1] is the heap
	order  [2 * numLit]uint16 // nodes as they left the heap
}

// build is that of a coder. Where fewer than two symbols occur, the first ones get codes
// too: old decoders wanted two.
func (t *treeBuilder) build(codes []code, freq []uint32, limit uint8) {
	t.leaves(freq)
	clear(codes)
	nodes := t.join(len(freq))
	count, tooDeep := t.measure(nodes, codes, limit)
	if tooDeep > 0 {
		t.shorten(codes, &count, limit, tooDeep)
	}
	assign(codes)
}

// leaves fills the heap with the symbols that occur.
func (t *treeBuilder) leaves(freq []uint32) {
	last := -1
	t.size = 0
	add := func(i int, f uint32) {
		t.size++
		t.heap[t.size] = uint16(i)
		t.key[i] = f << 8
	}
	for i, f := range freq {
		if f > 0 {
			add(i, f)
			last = i
		}
	}
	for t.size < 2 {
		i := 0
		if last < 2 {
			last++
			i = last
		}
		add(i, 1)
	}
	for i := t.size / 2; i > 0; i-- {
		t.sink(i)
	}
}

// sink moves the node at i down until none below it is lighter.
func (t *treeBuilder) sink(i int) {
	node := t.heap[i]
	key := t.key[node]
	for {
		child := 2 * i
		if child > t.size {
			break
		}
		if child < t.size && t.key[t.heap[child+1]] <= t.key[t.heap[child]] {
			child++
		}
		if key <= t.key[t.heap[child]] {
			break
		}
		t.heap[i] = t.heap[child]
		i = child
	}
	t.heap[i] = node
}

// join builds the tree over the heap and returns how many nodes are in order. Inner
// nodes are numbered from first on.
func (t *treeBuilder) join(first int) (nodes int) {
	for node := first; t.size > 1; node++ {
		a := t.heap[1]
		t.heap[1] = t.heap[t.size]
		t.size--
		t.sink(1)
		b := t.heap[1]
		t.order[nodes], t.order[nodes+1] = a, b
		nodes += 2
		t.parent[a], t.parent[b] = uint16(node), uint16(node)
		t.key[node] = t.key[a]&^255 + t.key[b]&^255 + max(t.key[a]&255, t.key[b]&255) + 1
		t.heap[1] = uint16(node)
		t.sink(1)
	}
	t.order[nodes] = t.heap[1]
	return nodes + 1
}

// measure gives the symbols their depth in the tree as length, but no more than limit. It
// counts how many have each length, and the nodes that were deeper.
func (t *treeBuilder) measure(nodes int, codes []code, limit uint8) (count [maxCode + 1]int, tooDeep int) {
	t.depth[t.order[nodes-1]] = 0
	for i := nodes - 2; i >= 0; i-- {
		node := t.order[i]
		depth := t.depth[t.parent[node]] + 1
		if depth > limit {
			depth = limit
			tooDeep++
		}
		t.depth[node] = depth
		if int(node) < len(codes) {
			codes[node].len = depth
			count[depth]++
		}
	}
	return count, tooDeep
}

// shorten makes the lengths those of a complete code again: symbols from less deep make
// room, and then the rarest get the longest.
func (t *treeBuilder) shorten(codes []code, count *[maxCode + 1]int, limit uint8, tooDeep int) {
	for ; tooDeep > 0; tooDeep -= 2 {
		from := limit - 1
		for count[from] == 0 {
			from--
		}
		count[from]--
		count[from+1] += 2
		count[limit]--
	}
	next := 0
	for n := limit; n > 0; n-- {
		for left := count[n]; left > 0; next++ {
			if node := int(t.order[next]); node < len(codes) {
				codes[node].len = n
				left--
			}
		}
	}
}
