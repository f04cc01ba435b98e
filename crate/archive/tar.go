package archive

import (
	"fmt"
	"io"

	"cargohome/internal/inflate"
)

const blockSize = 512

// tarReader walks a tar as tar-rs does, which cargo uses. It has no buffer: it hands
// out pieces of the decoder's own, so that nothing is copied.
type tarReader struct {
	r     *inflate.Reader
	left  int64 // bytes of the stream that may still be read
	limit int64
	data  int64 // bytes of the current entry not yet handed out
	pad   int64 // bytes between them and the next header
	ended bool  // the stream did, rather than the tar in it
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
		t.ended = true
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
	if h.size > maxEntrySize {
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
