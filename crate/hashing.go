package crate

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"github.com/klauspost/compress/gzip"
)

// hashingReader hashes all that it reads, and reads in large pieces. It is a
// ByteReader so that the decoder takes bytes from it directly.
type hashingReader struct {
	r    io.Reader
	hash hash.Hash
	buf  []byte
	a, b int // buf[a:b] is hashed and not yet used
	err  error
}

const readSize = 64 << 10

func (h *hashingReader) reset(r io.Reader) {
	if h.hash == nil {
		h.hash, h.buf = sha256.New(), make([]byte, readSize)
	}
	h.hash.Reset()
	h.r, h.a, h.b, h.err = r, 0, 0, nil
}

func (h *hashingReader) fill() error {
	for h.a == h.b && h.err == nil {
		var n int
		n, h.err = h.r.Read(h.buf)
		h.hash.Write(h.buf[:n])
		h.a, h.b = 0, n
	}
	if h.a < h.b {
		return nil
	}
	return h.err
}

// Read implements io.Reader.
func (h *hashingReader) Read(p []byte) (int, error) {
	if err := h.fill(); err != nil {
		return 0, err
	}
	n := copy(p, h.buf[h.a:h.b])
	h.a += n
	return n, nil
}

// ReadByte implements io.ByteReader.
func (h *hashingReader) ReadByte() (byte, error) {
	if h.a == h.b {
		if err := h.fill(); err != nil {
			return 0, err
		}
	}
	c := h.buf[h.a]
	h.a++
	return c, nil
}

// sum reads the rest and returns the checksum of everything.
func (h *hashingReader) sum() (c Checksum, err error) {
	for h.err == nil {
		h.a = h.b
		_ = h.fill()
	}
	if h.err != io.EOF {
		return c, h.err
	}
	h.hash.Sum(c[:0])
	return c, nil
}

// SumReader returns the checksum of all that r holds.
func SumReader(r io.Reader) (Checksum, error) {
	var h hashingReader
	h.reset(r)
	return h.sum()
}

// IsTruncated reports whether the archive in r ends before its gzip stream does,
// as one does whose download broke off.
func IsTruncated(r io.Reader) bool {
	gz, err := gzip.NewReader(r)
	if err == nil {
		gz.Multistream(false)
		_, err = io.Copy(io.Discard, io.LimitReader(gz, minUnpacked))
	}
	return err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF)
}
