package tarball

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/klauspost/pgzip"
)

// maxWindow is how much of what was read before zstd may have to be kept, in bytes. That of
// `zstd -19` is 8 MiB, that of `zstd --ultra -22` 128, and no other program takes more if it is
// not told to.
const maxWindow = 128 << 20

// Reader reads a tar file, whichever way it is compressed. It is not safe for concurrent
// use.
type Reader struct {
	io.Reader        // the tar
	Format    Format // as the file begins
	close     func()
}

// NewReader returns a Reader of r, by how it begins: as gzip does, as zstd, or else it is
// taken for a plain tar. The error is that of reading, or of what is no gzip after all.
// What is compressed has to end where it ends; a plain tar ends with r.
func NewReader(r io.Reader) (*Reader, error) {
	b := bufio.NewReaderSize(r, 256<<10)
	head, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return newGzipReader(b)
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) || isSkippable(head):
		return newZstdReader(b)
	}
	return &Reader{b, Tar, func() {}}, nil
}

// isSkippable: a frame that says nothing, as pzstd puts before others.
func isSkippable(head []byte) bool {
	return len(head) == 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:], []byte{0x2a, 0x4d, 0x18})
}

func newGzipReader(r io.Reader) (*Reader, error) {
	gz, err := pgzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return &Reader{gz, Gzip, func() { _ = gz.Close() }}, nil // it says what reading said
}

func newZstdReader(r io.Reader) (*Reader, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &Reader{z, Zstd, z.Close}, nil
}

// Close ends reading, and lets go of what that took.
func (r *Reader) Close() { r.close() }
