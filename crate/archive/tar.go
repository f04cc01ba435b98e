package archive

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"cargohome/internal/inflate"
)

const blockSize = 512

// Bounds on an archive, beside Cargo's on the uncompressed size.
const (
	// MaxEntries is far above what any crate on crates.io has (some 30,000).
	MaxEntries = 1 << 18
	// MaxFolders is how many folders may be made, for entries of their own or above
	// others: a path of 300 bytes can ask for a hundred.
	MaxFolders = 1 << 15
	// MaxPaths is how many bytes the paths of all entries may have together. They
	// are kept for the checksum file, and for the modes of folders.
	MaxPaths = 16 << 20
	// MaxPath is the longest path of an entry in bytes: PATH_MAX on Linux.
	MaxPath = 4096
	// MaxName is the longest part of a path in bytes: NAME_MAX on Linux.
	MaxName = 255
	// MaxDepth is how deep folders may nest. Each level costs an open folder.
	MaxDepth = 128

	minUnpacked = 512 << 20 // cargo 1.95: MAX_UNPACK_SIZE
	maxRatio    = 20        // cargo 1.95: MAX_COMPRESSION_RATIO
)

// MaxUnpacked is how many bytes the tar of an archive of that size may have, and so all
// its files together.
func MaxUnpacked(archiveSize int64) int64 {
	return max(minUnpacked, archiveSize*maxRatio)
}

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

// tarReader walks a tar as tar-rs does, which cargo uses. It has no buffer: it hands
// out pieces of the decoder's own, so that nothing is copied.
type tarReader struct {
	r     *inflate.Reader
	left  int64 // bytes of the stream that may still be read
	limit int64
	data  int64 // bytes of the current entry not yet handed out
	pad   int64 // bytes between them and the next header
}

// maxPiece is the size of the largest piece, so of the largest file that is written
// in one call, in bytes.
const maxPiece = inflate.MaxNext

func (t *tarReader) reset(r *inflate.Reader, limit int64) {
	*t = tarReader{r: r, left: limit, limit: limit}
}

// take returns the next n bytes, at most maxPiece, good until the next call. The
// error is io.EOF if the stream ends before the first of them.
func (t *tarReader) take(n int) ([]byte, error) {
	piece, err := t.r.Next(int(min(int64(n), t.left)))
	t.left -= int64(len(piece))
	switch {
	case err == io.EOF && len(piece) == 0:
		return nil, io.EOF
	case err == io.EOF:
		return nil, fmt.Errorf("%w: it ends within a block", ErrMalformed)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	case len(piece) < n:
		return nil, &LimitError{"bytes uncompressed", t.limit}
	}
	return piece, nil
}

// chunk returns the next piece of the current entry's data, good until the next
// call, and nil at its end. All but the last are of maxPiece bytes.
func (t *tarReader) chunk() ([]byte, error) {
	if t.data == 0 {
		return nil, nil
	}
	piece, err := t.take(int(min(t.data, maxPiece)))
	if err != nil {
		return nil, eofIsTruncation(err)
	}
	t.data -= int64(len(piece))
	return piece, nil
}

func eofIsTruncation(err error) error {
	if err == io.EOF {
		return fmt.Errorf("%w: it ends within an entry", ErrMalformed)
	}
	return err
}

// skip passes over what is left of the current entry.
func (t *tarReader) skip() error {
	for n := t.data + t.pad; n > 0; {
		piece, err := t.take(int(min(n, maxPiece)))
		if err != nil {
			return eofIsTruncation(err)
		}
		n -= int64(len(piece))
	}
	t.data, t.pad = 0, 0
	return nil
}

// next returns the next entry, or io.EOF at the end of the archive.
func (t *tarReader) next() (*header, error) {
	var records records
	for {
		h, raw, err := t.nextHeader(records.paxSize)
		if err == io.EOF && records.any {
			return nil, fmt.Errorf("%w: a name is given for an entry that does not follow", ErrMalformed)
		}
		if err != nil {
			return nil, err
		}
		if !isRecord(h, raw) {
			h.path = records.pathOr(h.path)
			return h, nil
		}
		if err := t.readRecord(h.typ, &records); err != nil {
			return nil, err
		}
	}
}

// nextHeader reads the next header block. The first all-zero block ends the
// archive.
func (t *tarReader) nextHeader(paxSize *uint64) (*header, []byte, error) {
	if err := t.skip(); err != nil {
		return nil, nil, err
	}
	raw, err := t.take(blockSize)
	if err != nil {
		return nil, nil, err
	}
	if isZero(raw) {
		return nil, nil, io.EOF
	}
	h, err := parseHeader(raw)
	if err != nil {
		return nil, nil, err
	}
	if paxSize != nil {
		h.size = *paxSize
	}
	if h.size > maxSize {
		return nil, nil, fmt.Errorf("%w: the size of %s is %d", ErrMalformed, quoted(h.path), h.size)
	}
	t.data = int64(h.size)
	t.pad = -t.data & (blockSize - 1)
	return h, raw, nil
}

func isZero(block []byte) bool {
	for _, c := range block {
		if c != 0 {
			return false
		}
	}
	return true
}

// records are the entries that describe the entry after them.
type records struct {
	any      bool
	longName *string
	longLink bool
	pax      bool
	paxPath  *string
	paxSize  *uint64
}

func (r *records) pathOr(path string) string {
	switch {
	case r.longName != nil:
		return *r.longName
	case r.paxPath != nil:
		return *r.paxPath
	}
	return path
}

// isRecord: only in headers of a known dialect do the letters have this meaning.
func isRecord(h *header, raw []byte) bool {
	return (h.typ == 'L' || h.typ == 'K' || h.typ == 'x') && (h.ustar || isGNU(raw))
}

func (t *tarReader) readRecord(typ byte, r *records) error {
	if typ == 'L' && r.longName != nil || typ == 'K' && r.longLink || typ == 'x' && r.pax {
		return fmt.Errorf("%w: two %q records for one entry", ErrMalformed, typ)
	}
	text, err := t.recordText()
	if err != nil {
		return err
	}
	r.any = true
	switch typ {
	case 'L':
		name := strings.TrimSuffix(text, "\x00")
		r.longName = &name
	case 'K':
		r.longLink = true
	case 'x':
		r.pax = true
		r.paxPath, r.paxSize = paxPath(text), paxSize(text)
	}
	return nil
}

// maxRecord bounds one record, in bytes. Those that cargo writes hold a path.
const maxRecord = 64 << 10

func (t *tarReader) recordText() (string, error) {
	if t.data > maxRecord {
		return "", &LimitError{"bytes in a record", maxRecord}
	}
	var text strings.Builder
	for {
		piece, err := t.chunk()
		if err != nil {
			return "", err
		}
		if piece == nil {
			return text.String(), nil
		}
		text.Write(piece)
	}
}

// paxLine is one line "LENGTH KEY=VALUE\n" of an extended header.
type paxLine struct {
	key, value string
	malformed  bool
}

// paxLines yields the lines up to an empty one, as tar-rs does. It takes line feeds
// within values for ends of lines too, and calls the pieces malformed.
func paxLines(text string) iter.Seq[paxLine] {
	return func(yield func(paxLine) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			if line == "" || !yield(parsePAXLine(line)) {
				return
			}
		}
	}
}

func parsePAXLine(line string) paxLine {
	length, rest, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(length)
	key, value, ok := strings.Cut(rest, "=")
	return paxLine{key, value, !ok || err != nil || n != len(line)+1}
}

// paxPath is the first path (tar-rs: EntryFields::path_bytes).
func paxPath(text string) *string {
	for line := range paxLines(text) {
		if line.key == "path" && !line.malformed {
			return &line.value
		}
	}
	return nil
}

// paxSize is the first size, if it is a number and nothing before it is malformed;
// otherwise that of the header counts (tar-rs: pax_extensions_value).
func paxSize(text string) *uint64 {
	for line := range paxLines(text) {
		if line.malformed {
			return nil
		}
		if line.key == "size" {
			n, err := parseUint(line.value, 10)
			if err != nil {
				return nil
			}
			return &n
		}
	}
	return nil
}

// maxSize is the largest size of an entry that is worth a try, in bytes.
const maxSize = 1 << 62

func isUstar(raw []byte) bool { return string(raw[257:265]) == "ustar\x0000" }
func isGNU(raw []byte) bool   { return string(raw[257:265]) == "ustar  \x00" }

func parseHeader(raw []byte) (*header, error) {
	if sum, err := octal(raw[148:156]); err != nil || sum != headerSum(raw) {
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

// headerSum adds all bytes, those of the sum itself counting as spaces.
func headerSum(raw []byte) uint64 {
	sum := uint64(8 * ' ')
	for _, c := range raw[:148] {
		sum += uint64(c)
	}
	for _, c := range raw[156:] {
		sum += uint64(c)
	}
	return sum
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
