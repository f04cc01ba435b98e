package unpack

import (
	"crypto/sha256"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/hashpair"
)

// maxHeld is how many pieces are taken in before they are hashed: with so many nearly all
// contents have another beside them, which halves the time.
const maxHeld = 24

// summing makes checksums of what is queued, of two contents at a time, and passes it on to
// be written meanwhile.
type summing struct {
	*stage
	pair    hashpair.Hasher
	begun   map[int]*summand // whose checksums are being made, by a number that is counted up
	last    int              // of those numbers
	waiting *summand         // that is the next of them; nil if none has come
	newest  *summand         // of which pieces come; nil if none has
	held    int              // pieces that are not hashed
}

// summand is the content of an entry.
type summand struct {
	m     *summing
	entry *bundle.Entry
	parts []piece // that have come
	at    *buffer // what is being hashed; nil at first
	whole bool    // all have come
}

// sumAll makes the checksums. After one that is wrong nothing more is read.
func (s *stage) sumAll() {
	defer close(s.summed)
	m := summing{stage: s, begun: map[int]*summand{}}
	m.pair.Done = m.done
	for m.await() || len(m.begun) > 0 {
		if m.waiting == nil { // the one that is left goes on alone
			m.pair.Flush()
			continue
		}
		c := m.waiting
		m.last, m.waiting = m.last+1, nil
		m.begun[m.last] = c
		m.pair.AddParts(c.next, m.last)
	}
}

// await waits for the next content, unless too much is held by then, or nothing comes.
func (m *summing) await() bool {
	for m.waiting == nil && m.held < maxHeld && m.pull() {
	}
	return m.waiting != nil
}

// pull takes a piece in.
func (m *summing) pull() bool {
	p, ok := <-m.queue
	if !ok {
		return false
	}
	if p.sum {
		p.in.users.Add(1)
		if p.first {
			m.newest = &summand{m: m, entry: p.entry}
			m.waiting = m.newest
		}
		m.newest.parts = append(m.newest.parts, p)
		m.newest.whole = p.last
		m.held++
	}
	m.summed <- p
	return true
}

// next returns what of a content is to be hashed. One that was cut ends.
func (c *summand) next() (part []byte, last bool) {
	c.release()
	for len(c.parts) == 0 {
		if c != c.m.newest || !c.m.pull() {
			return nil, true
		}
	}
	p := c.parts[0]
	c.parts, c.at = c.parts[1:], p.in
	return p.data, c.whole && len(c.parts) == 0
}

// release lets go of what was hashed.
func (c *summand) release() {
	if c.at != nil {
		c.m.held--
		c.m.give(c.at)
		c.at = nil
	}
}

// done takes a checksum.
func (m *summing) done(number int, sum [sha256.Size]byte) {
	c := m.begun[number]
	delete(m.begun, number)
	c.release()
	if !c.whole || m.wrong != nil {
		return
	}
	if m.wrong = c.entry.CheckSum(crate.Checksum(sum)); m.wrong != nil {
		m.stop(m.wrong)
	}
}
