package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// header is one entry as the tar has it, with the records that belong to it
// applied.
type header struct {
	path    string
	typ     byte
	ustar   bool
	size    uint64
	mode    uint32
	hasMode bool
	mtime   int64
	hasTime bool
}

func isUstar(raw []byte) bool { return string(raw[257:265]) == "ustar\x0000" }
func isGNU(raw []byte) bool   { return string(raw[257:265]) == "ustar  \x00" }

func parseHeader(raw []byte) (*header, error) {
	if sum, err := octal(raw[148:156]); err != nil || sum != HeaderSum(raw) {
		return nil, fmt.Errorf("%w: header checksum does not match", ErrMalformed)
	}
	h := &header{typ: raw[156], ustar: isUstar(raw)}
	h.path = headerPath(raw, h.ustar)
	var err error
	if h.size, err = number(raw[124:136]); err != nil {
		return nil, fmt.Errorf("%w: the size of %s is not a number", ErrMalformed, quoted(h.path))
	}
	if mode, err := octal(raw[100:108]); err == nil {
		h.mode, h.hasMode = uint32(mode), true
	}
	if mtime, err := number(raw[136:148]); err == nil {
		h.mtime, h.hasTime = int64(mtime), true
	}
	return h, nil
}

func headerPath(raw []byte, ustar bool) string {
	name := string(untilNUL(raw[:100]))
	if prefix := untilNUL(raw[345:500]); ustar && len(prefix) > 0 {
		return string(prefix) + "/" + name
	}
	return name
}

// HeaderSum is the sum of the bytes of a tar header, a block of 512, in which those of the
// sum itself count as spaces (POSIX.1-1988, ustar: chksum).
func HeaderSum(raw []byte) uint64 {
	const low = 0x00ff00ff00ff00ff // bytes of four numbers of 16 bits, which 128 bytes fit into each
	var four uint64
	for raw := raw[:blockSize]; len(raw) >= 8; raw = raw[8:] {
		eight := binary.LittleEndian.Uint64(raw)
		four += eight&low + eight>>8&low
	}
	sum := four&0xffff + four>>16&0xffff + four>>32&0xffff + four>>48
	for _, c := range raw[148:156] {
		sum -= uint64(c)
	}
	return sum + 8*' '
}

// number reads a numeric field: octal text, or with the top bit set a
// big-endian integer, of which eight bytes count.
func number(field []byte) (uint64, error) {
	if field[0]&0x80 == 0 {
		return octal(field)
	}
	var n uint64
	for i, c := range field {
		if i == 0 {
			c &^= 0x80
		}
		if i > 0 || len(field) == 8 {
			n = n<<8 | uint64(c)
		}
	}
	return n, nil
}

func octal(field []byte) (uint64, error) {
	return parseUint(string(bytes.TrimSpace(untilNUL(field))), 8)
}

// parseUint reads a number as Rust does, which allows a plus sign.
func parseUint(text string, base int) (uint64, error) {
	return strconv.ParseUint(strings.TrimPrefix(text, "+"), base, 64)
}

func untilNUL(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}
