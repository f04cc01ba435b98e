package bundle

import (
	"bytes"
	"fmt"
	"io"
	"math/bits"

	"github.com/klauspost/compress/zstd"

	"cargohome/crate"
	"cargohome/internal/inflate"
)

// Base is an archive of another version, which the receiver of a delta has.
type Base struct {
	Name string         // of the file, in the folder of the archive that is patched
	Sum  crate.Checksum // SHA-256 of it
	// Open opens it; it may be another one, or not be there.
	Open func() (io.ReadCloser, error)
}

// newPatch returns what makes the one tar of the other: a frame of zstd, of which the other
// is the dictionary.
func newPatch(tar, base []byte) []byte {
	window := max(1<<20, 1<<bits.Len(uint(len(tar)+len(base))))
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderDictRaw(0, base))
	if err != nil {
		panic(err) // of options that fit
	}
	return z.EncodeAll(tar, nil)
}

// patched returns the tar that a patch makes of another. It has to be closed.
func patched(patch io.Reader, base []byte) (io.ReadCloser, error) {
	z, err := zstd.NewReader(patch, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(4*MaxTar),
		zstd.WithDecoderDictRaw(0, base))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// MaxTar is how many bytes the tars have at most of which one is made of the other.
const MaxTar = heldTar

// ReadBase reads the archive that a patch is for, and returns its tar. The error matches
// [ErrEntry] if it is another one.
func (c *Content) ReadBase(file io.Reader) ([]byte, error) {
	archive, err := io.ReadAll(io.LimitReader(file, heldArchive+1))
	if err != nil {
		return nil, err
	}
	if got := crate.Sum(archive); got != c.BaseSum {
		return nil, fmt.Errorf("%w: of %s, which it is made of, the SHA-256 is %s, which was to be %s", ErrEntry, c.Base, got, c.BaseSum)
	}
	z := new(inflate.Reader)
	z.Reset(bytes.NewReader(archive))
	tar, err := io.ReadAll(io.LimitReader(z, MaxTar+1))
	if err == nil && len(tar) > MaxTar {
		err = fmt.Errorf("%w: %s, which it is made of, has more than %d bytes in it", ErrLimit, c.Base, MaxTar)
	}
	return tar, err
}
