package bundle

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"cargohome/crate"
	"cargohome/internal/tarball"
)

// What is read may grow to so many bytes and so many times what the file has: else it is
// a bomb.
const (
	freeGrowth = 64 << 20
	maxGrowth  = 200
)

// So many steps it may take to make archives again (see package redeflate), and so many for
// each byte of the file: 10 MB take a processor up to 20 seconds. That of nu takes a
// twenty-fifth of what it may.
const (
	freeSteps = 2 << 30
	maxSteps  = 768
)

// work is what it takes to read a bundle, in all.
type work struct{ read, steps atomic.Int64 }

func (w *work) spend(steps int64) error {
	if w.steps.Add(steps) > freeSteps+maxSteps*w.read.Load() {
		return fmt.Errorf("%w: to make its archives takes too long for its size", ErrLimit)
	}
	return nil
}

// blocks is the tar of a bundle that is read.
type blocks struct {
	*bufio.Reader
	tar *tarball.Reader
}

// newBlocks begins to read a file, which all counts.
func newBlocks(file io.Reader, all *work) (*blocks, error) {
	in := &counted{from: file, all: all}
	tar, err := tarball.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotBundle, err)
	}
	return &blocks{bufio.NewReaderSize(&bounded{from: tar, in: in}, 256<<10), tar}, nil
}

// counted counts what is read of the file, perhaps by another goroutine.
type counted struct {
	from io.Reader
	all  *work
	n    atomic.Int64
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n.Add(int64(n))
	c.all.read.Add(int64(n))
	return n, err
}

// bounded is the tar as long as it is no bomb.
type bounded struct {
	from io.Reader
	in   *counted
	n    int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.n += int64(n); b.n > freeGrowth+maxGrowth*b.in.n.Load() {
		return 0, fmt.Errorf("%w: it grows to more than %d times its size", ErrLimit, maxGrowth)
	}
	return n, err
}

// cut says of the end of the file that it comes too early.
func cut(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCut
	}
	return err
}

// opening reads the header of what comes before the entries, and its size. It is not ok if
// something else comes.
func (b *blocks) opening(path string) (size int64, ok bool, err error) {
	head, err := b.Peek(blockSize)
	if err != nil {
		return 0, false, err
	}
	h, bad := tar.NewReader(bytes.NewReader(head)).Next()
	if bad != nil || h.Name != path {
		return 0, false, nil
	}
	e := Entry{Path: path, Size: h.Size}
	return h.Size, true, b.header(&e)
}

// whole reads a content, of limit bytes at most, that the manifest says nothing of.
func (b *blocks) whole(size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, fmt.Errorf("%w: it has %d bytes, which may be %d", ErrLimit, size, limit)
	}
	var text bytes.Buffer
	if _, err := io.CopyN(&text, b, size); err != nil {
		return nil, cut(err)
	}
	return text.Bytes(), b.zeros(padding(size))
}

// header reads the header of an entry, which must be as it is written.
func (b *blocks) header(e *Entry) error {
	want, err := e.header()
	if err != nil {
		return err
	}
	got, err := b.Peek(len(want))
	switch {
	case bytes.Equal(got, want):
		_, err = b.Discard(len(want))
		return err
	case err != nil && (len(got) == 0 || !errors.Is(cut(err), ErrCut)):
		return cut(err)
	}
	return fmt.Errorf("%w: %s", ErrEntry, describe(got))
}

// describe says what stands in place of a header that was expected.
func describe(got []byte) string {
	if len(got) >= blockSize && bytes.Equal(got[:blockSize], zeros[:blockSize]) {
		return "the tar ends before it"
	}
	h, err := tar.NewReader(bytes.NewReader(got)).Next()
	switch {
	case err != nil:
		return "its header is damaged, or has something beside"
	case h.Typeflag == tar.TypeReg:
		return fmt.Sprintf("in its place is %q, of %d bytes and mode %04o", h.Name, h.Size, h.Mode)
	}
	return fmt.Sprintf("in its place is %q, of type %q", h.Name, h.Typeflag)
}

// zeros reads so many of them, two blocks at most.
func (b *blocks) zeros(n int64) error {
	got, err := b.Peek(int(n))
	if err != nil {
		return cut(err)
	}
	if !bytes.Equal(got, zeros[:n]) {
		return fmt.Errorf("%w: something stands where nothing does", ErrEntry)
	}
	_, err = b.Discard(int(n))
	return err
}

// end reads the end of the tar, and of the file.
func (b *blocks) end() error {
	if got, _ := b.Peek(blockSize); len(got) == blockSize && !bytes.Equal(got, zeros[:blockSize]) {
		return fmt.Errorf("%w: something comes behind the last: %s", ErrEntry, describe(got))
	}
	if err := b.zeros(int64(len(zeros))); err != nil {
		return err
	}
	switch _, err := b.Peek(1); {
	case err == io.EOF:
		return nil
	case err == nil:
		return fmt.Errorf("%w: something comes behind its end", ErrEntry)
	case cut(err) == ErrCut: // the end of what compresses it, or what is too short to begin more of that
		return fmt.Errorf("%w, or something comes behind its end", ErrCut)
	default:
		return fmt.Errorf("behind its last entry: %w", err)
	}
}

// sumError says that a content is not what the manifest has.
func sumError(got, want crate.Checksum) error {
	return fmt.Errorf("%w: its SHA-256 is %s, which was to be %s", ErrEntry, got, want)
}
