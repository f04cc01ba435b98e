package cargotest

import (
	"fmt"
	"slices"
	"strings"
)

// MTime is what `cargo package` gives the files it copies, 2006-07-24; the
// files it makes itself get 1 (cargo 1.95, seen in crates of crates.io).
const MTime = 1153704088

const (
	gnuMagic   = "ustar  \x00"
	ustarMagic = "ustar\x0000"
	blockSize  = 512
)

// Header is one tar header with every field free. The zero value of a field is
// what Cargo would write. An archive is entries joined and [EndOfTar] behind:
//
//	slices.Concat(Entry(Header{Name: "a-1.0.0/x"}, "data"), LongName(long), Entry(Header{Name: long}, ""), EndOfTar)
type Header struct {
	Name   string // raw bytes; what is beyond 100 is cut off
	Mode   int64  // 0 means 0644; -1 means 0
	MTime  int64  // 0 means [MTime]; -1 means 0
	Size   int64  // 0 means the length of the data
	Type   byte   // 0 means '0'; use Edit for a NUL
	Link   string
	Magic  string // "" means GNU's; see [Ustar]
	Prefix string // ustar only

	Edit func(block []byte) // the last word, before the checksum
	Sum  string             // raw text of the checksum field; "" means the right one
}

// Ustar is the value of [Header.Magic] for a POSIX header.
const Ustar = ustarMagic

// EndOfTar is the two zero blocks that end an archive.
var EndOfTar = make([]byte, 2*blockSize)

// Entry returns a header followed by its data, padded to whole blocks.
func Entry(h Header, data string) []byte {
	if h.Size == 0 {
		h.Size = int64(len(data))
	}
	return append(h.block(), padded(data)...)
}

func (h Header) block() []byte {
	b := make([]byte, blockSize)
	copy(b[0:100], h.Name)
	copy(b[100:], octal(7, orDefault(h.Mode, 0o644)))
	copy(b[108:], octal(7, 0)) // user
	copy(b[116:], octal(7, 0)) // group
	copy(b[124:], octal(11, h.Size))
	copy(b[136:], octal(11, orDefault(h.MTime, MTime)))
	b[156] = h.Type
	if h.Type == 0 {
		b[156] = '0'
	}
	copy(b[157:257], h.Link)
	copy(b[257:265], gnuMagic)
	copy(b[257:265], h.Magic)
	copy(b[345:500], h.Prefix)
	if h.Edit != nil {
		h.Edit(b)
	}
	h.seal(b)
	return b
}

// seal fills in the checksum: the sum of all bytes, its own field counted as
// spaces.
func (h Header) seal(b []byte) {
	copy(b[148:156], "        ")
	sum := int64(0)
	for _, c := range b {
		sum += int64(c)
	}
	copy(b[148:156], octal(7, sum))
	if h.Sum != "" {
		copy(b[148:156], h.Sum)
	}
}

// octal is a number as header fields have it: zero-filled and ended by a NUL.
func octal(digits int, n int64) string { return fmt.Sprintf("%0*o\x00", digits, n) }

// orDefault lets 0 stand for the default and -1 for nought.
func orDefault(v, def int64) int64 {
	if v == 0 {
		return def
	}
	return max(v, 0)
}

func padded(data string) []byte {
	return append([]byte(data), make([]byte, -len(data)&(blockSize-1))...)
}

// LongName is the GNU record that names the entry after it.
func LongName(name string) []byte { return gnuRecord('L', name) }

// LongLink is the GNU record with the link target of the entry after it.
func LongLink(target string) []byte { return gnuRecord('K', target) }

func gnuRecord(typ byte, text string) []byte {
	return Entry(Header{Name: "././@LongLink", Type: typ, MTime: -1}, text+"\x00")
}

// Pax is an extended header for the entry after it, of pairs of key and value;
// typ is 'x', or 'g' for a global one.
func Pax(typ byte, pairs ...string) []byte {
	var data strings.Builder
	for kv := range slices.Chunk(pairs, 2) {
		data.WriteString(paxRecord(kv[0], kv[1]))
	}
	return Entry(Header{Name: "PaxHeaders/x", Type: typ, Magic: Ustar}, data.String())
}

// paxRecord is "LENGTH KEY=VALUE\n", the length counting its own digits.
func paxRecord(key, value string) string {
	rest := " " + key + "=" + value + "\n"
	n := len(rest)
	for len(fmt.Sprint(n))+len(rest) != n {
		n = len(fmt.Sprint(n)) + len(rest)
	}
	return fmt.Sprint(n) + rest
}
