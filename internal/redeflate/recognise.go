package redeflate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"cargohome/internal/inflate"
)

// ErrUnknown says that no encoder makes an archive in bounds, so that it has to be kept as it
// is.
var ErrUnknown = errors.New("no known encoder makes this archive")

// Bounds on the steps of all encoders that are tried.
const (
	freeSteps = 4 << 20
	maxSteps  = 512 // for each byte of the archive
)

// order is that in which encoders are tried, the commonest first. One that is wrong
// differs in its first block, as a rule. Most of what zlib-rs 0.5 made, 0.6 makes too.
var order = []Encoder{ZlibRs06, Zlib, ZlibLarge, Miniz, ZlibRs05}

// Recognise finds the recipe that makes an archive of its tar, and has proved it when it
// returns. An archive that is different only near its end is taken with what is different
// there. It uses 2 MiB of memory. Errors are ErrUnknown, those of package inflate for what is
// not a gzip file, and those of the reader.
func Recognise(archive io.ReaderAt, size int64) (Recipe, error) {
	z := new(inflate.Reader)
	return RecogniseTar(archive, size, func() io.Reader {
		z.Reset(io.NewSectionReader(archive, 0, size))
		return z
	})
}

// RecogniseTar is Recognise for who has the archive's tar: it asks for that from its
// beginning, once for each encoder that is tried.
func RecogniseTar(archive io.ReaderAt, size int64, tar func() io.Reader) (Recipe, error) {
	header, err := readHeader(archive, size)
	if err != nil {
		return Recipe{}, err
	}
	best := Recipe{Header: header}
	left := freeSteps + maxSteps*size
	spend := func(steps int64) error {
		if left -= steps; left < 0 {
			return ErrUnknown
		}
		return nil
	}
	for _, by := range order {
		same, err := try(archive, size, int64(len(header)), by, tar(), spend)
		if err != nil {
			return Recipe{}, err
		}
		if same > best.Kept {
			best.Encoder, best.Kept = by, same
		}
		if int64(len(header))+same == size {
			return best, nil
		}
	}
	return withRest(archive, size, best)
}

// withRest completes a recipe whose encoder made only the beginning.
func withRest(archive io.ReaderAt, size int64, r Recipe) (Recipe, error) {
	from := int64(len(r.Header)) + r.Kept
	if rest := size - from; rest > MaxRest || rest > size/8 {
		return Recipe{}, ErrUnknown
	}
	r.Rest = make([]byte, size-from)
	if _, err := io.ReadFull(io.NewSectionReader(archive, from, size-from), r.Rest); err != nil {
		return Recipe{}, err
	}
	return r, nil
}

// try compresses the archive's tar, and returns how many bytes of that are in the archive.
func try(archive io.ReaderAt, size, header int64, by Encoder, tar io.Reader, spend func(steps int64) error) (same int64, err error) {
	c := &comparer{want: io.NewSectionReader(archive, header, size-header)}
	if err := compress(c, tar, by, spend); err != nil && !errors.Is(err, errDiffers) {
		return 0, err
	}
	return c.same, nil
}

var errDiffers = errors.New("different")

// comparer takes what is written to it as long as it is what is wanted.
type comparer struct {
	want io.Reader
	buf  []byte
	same int64
}

func (c *comparer) Write(p []byte) (int, error) {
	if cap(c.buf) < len(p) {
		c.buf = make([]byte, len(p))
	}
	n, err := io.ReadFull(c.want, c.buf[:len(p)])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, err
	}
	if want := c.buf[:n]; !bytes.Equal(want, p) {
		for i := 0; i < n && want[i] == p[i]; i++ {
			c.same++
		}
		return 0, errDiffers
	}
	c.same += int64(n)
	return n, nil
}

// Flags of a gzip header, RFC 1952.
const (
	headerSum     = 1 << 1
	headerExtra   = 1 << 2
	headerName    = 1 << 3
	headerComment = 1 << 4
)

// readHeader returns the header of a gzip file, if it is not too long. Whether it is right
// package inflate says.
func readHeader(archive io.ReaderAt, size int64) ([]byte, error) {
	b := make([]byte, min(size, MaxHeader))
	if _, err := io.ReadFull(io.NewSectionReader(archive, 0, size), b); err != nil {
		return nil, err
	}
	n, ok := headerLen(b)
	if !ok {
		return nil, ErrUnknown
	}
	return b[:n:n], nil
}

func headerLen(b []byte) (n int, ok bool) {
	if n = 10; len(b) < n {
		return 0, false
	}
	if b[3]&headerExtra != 0 {
		if n += 2; len(b) < n {
			return 0, false
		}
		n += int(binary.LittleEndian.Uint16(b[n-2:]))
	}
	for _, text := range []byte{headerName, headerComment} {
		if b[3]&text == 0 {
			continue
		}
		end := bytes.IndexByte(b[min(n, len(b)):], 0)
		if end < 0 {
			return 0, false
		}
		n += end + 1
	}
	if b[3]&headerSum != 0 {
		n += 2
	}
	return n, n <= len(b)
}
