package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"cargohome/crate"
	"cargohome/internal/inflate"
)

// hashingReader hashes all that is read through it.
type hashingReader struct {
	r    io.Reader
	hash hash.Hash
	buf  []byte // for what nobody else reads
}

func (h *hashingReader) reset(r io.Reader) {
	if h.hash == nil {
		h.hash = sha256.New()
	}
	h.hash.Reset()
	h.r = r
}

// Read implements io.Reader.
func (h *hashingReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.hash.Write(p[:n])
	return n, err
}

// sum reads the rest and returns the checksum of everything.
func (h *hashingReader) sum(ctx context.Context) (c crate.Checksum, err error) {
	if h.buf == nil {
		h.buf = make([]byte, 64<<10)
	}
	for err == nil {
		if _, err = h.Read(h.buf); err == nil {
			err = ctx.Err()
		}
	}
	if err != io.EOF {
		return c, err
	}
	h.hash.Sum(c[:0])
	return c, nil
}

// SumReader returns the checksum of all that r holds.
func SumReader(ctx context.Context, r io.Reader) (crate.Checksum, error) {
	var h hashingReader
	h.reset(r)
	return h.sum(ctx)
}

// IsTruncated reports whether the archive in r ends before its gzip stream does,
// as one does whose download broke off.
func IsTruncated(r io.Reader) bool {
	gz := new(inflate.Reader)
	gz.Reset(r)
	_, err := io.Copy(io.Discard, io.LimitReader(gz, minUnpacked))
	return errors.Is(err, io.ErrUnexpectedEOF)
}
