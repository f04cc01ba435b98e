package tarball

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Of the table of a seekable file: zstd, contrib/seekable_format, version 0.1.0. It is a
// frame that says nothing to others: a header; for each frame its size, and that of what it
// is made of; how many there are, flags, and another number to know it by.
const (
	tableMagic   = 0x184D2A5E
	tableFooter  = 0x8F92EAB1
	tableHeader  = 8
	tableEntry   = 8
	tableTrailer = 9
)

// seekTable is how large frames are, as they follow each other.
type seekTable struct{ packed, sizes []uint32 }

func (t *seekTable) add(packed, size int64) {
	t.packed, t.sizes = append(t.packed, uint32(packed)), append(t.sizes, uint32(size))
}

// append appends it as a frame.
func (t *seekTable) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, tableMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.sizes)*tableEntry+tableTrailer))
	for i := range t.sizes {
		b = binary.LittleEndian.AppendUint32(b, t.packed[i])
		b = binary.LittleEndian.AppendUint32(b, t.sizes[i])
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.sizes)))
	return binary.LittleEndian.AppendUint32(append(b, 0), tableFooter)
}

// ErrNoTable says that a file has no table of its frames, or one that does not fit.
var ErrNoTable = errors.New("the file has no table of its zstd frames")

// Seekable is a file that can be read from any of its frames on. It is safe for concurrent
// use.
type Seekable struct {
	file   io.ReaderAt
	packed []int64 // where in the file each frame begins, and where the last ends
	begin  []int64 // likewise in the tar
}

// OpenSeekable reads the table of a file of that size. That what it says of the tar is true
// is not known: a caller finds it out by what is there. The error matches [ErrNoTable], or
// is that of reading.
func OpenSeekable(file io.ReaderAt, size int64) (*Seekable, error) {
	frames, err := readAt(file, size-tableTrailer, tableTrailer)
	if err != nil {
		return nil, err
	}
	count := int64(binary.LittleEndian.Uint32(frames))
	if count == 0 || frames[4] != 0 || binary.LittleEndian.Uint32(frames[5:]) != tableFooter {
		return nil, ErrNoTable
	}
	whole := tableHeader + count*tableEntry + tableTrailer
	table, err := readAt(file, size-whole, whole)
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(table) != tableMagic || int64(binary.LittleEndian.Uint32(table[4:])) != whole-tableHeader {
		return nil, ErrNoTable
	}
	s := &Seekable{file: file, packed: make([]int64, 1, count+1), begin: make([]int64, 1, count+1)}
	return s, s.parse(table[tableHeader:whole-tableTrailer], size-whole)
}

// parse takes in what the table says of frames, which have so many bytes together.
func (s *Seekable) parse(table []byte, all int64) error {
	packed, begin := int64(0), int64(0)
	for entry := range slices.Chunk(table, tableEntry) {
		size := int64(binary.LittleEndian.Uint32(entry[4:]))
		if size > MaxFrame {
			return fmt.Errorf("%w: it says of a frame that it is made of %d bytes", ErrNoTable, size)
		}
		packed, begin = packed+int64(binary.LittleEndian.Uint32(entry)), begin+size
		s.packed, s.begin = append(s.packed, packed), append(s.begin, begin)
	}
	if packed != all {
		return fmt.Errorf("%w: it says that they have %d bytes, and there are %d", ErrNoTable, packed, all)
	}
	return nil
}

// readAt reads n bytes of the end of a file.
func readAt(file io.ReaderAt, at, n int64) ([]byte, error) {
	if at < 0 || n > math.MaxInt32 {
		return nil, ErrNoTable
	}
	b := make([]byte, n)
	_, err := io.ReadFull(io.NewSectionReader(file, at, n), b)
	return b, err
}

// Frame returns the number of the frame that has a byte of the tar.
func (s *Seekable) Frame(at int64) int {
	n, found := slices.BinarySearch(s.begin, at)
	if !found {
		n--
	}
	return min(n, len(s.begin)-2)
}

// Open returns the file from the frame on that has a byte of the tar, and how many bytes of
// that come before it.
func (s *Seekable) Open(at int64) (file io.Reader, before int64) {
	n := s.Frame(at)
	return io.NewSectionReader(s.file, s.packed[n], s.packed[len(s.packed)-1]-s.packed[n]), at - s.begin[n]
}
