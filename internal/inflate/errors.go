package inflate

import (
	"errors"
	"strconv"
)

// Errors of input that is not what it should be. Input that ends too early is
// io.ErrUnexpectedEOF.
var (
	// ErrHeader says that the input does not start as a gzip member does.
	ErrHeader = errors.New("gzip: not a gzip file, or its header is damaged")
	// ErrChecksum says that the data, all of it decoded, is not what once was
	// compressed.
	ErrChecksum = errors.New("gzip: the data does not have the recorded checksum and size")
)

// CorruptError says that the compressed data makes no sense. Its value is the
// offset in the input of a byte soon after.
type CorruptError int64

func (e CorruptError) Error() string {
	return "gzip: corrupt data before byte " + strconv.FormatInt(int64(e), 10)
}
