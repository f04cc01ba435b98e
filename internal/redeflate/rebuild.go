package redeflate

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// ErrTar says that a tar is not that of the archive from which the recipe comes. Most
// others are not noticed here: the archive's checksum has to decide.
var ErrTar = errors.New("the tar does not have the size that the recipe is for")

// Rebuild writes the archive with that tar. Whatever the recipe says, it uses 1 MiB of
// memory, and reads the tar to its end, however long that is. Unless it is nil, spend is told
// of the steps that were taken, as it goes on; see the package comment. Errors are ErrRecipe,
// ErrTar, and those of w, tar and spend.
func Rebuild(w io.Writer, tar io.Reader, r Recipe, spend func(steps int64) error) error {
	if err := r.check(); err != nil {
		return err
	}
	if _, err := w.Write(r.Header); err != nil {
		return err
	}
	kept := &firstBytes{w: w, left: r.Kept}
	if err := compress(kept, tar, r.Encoder, spend); err != nil {
		return err
	}
	if kept.left > 0 || kept.dropped && len(r.Rest) == 0 {
		return ErrTar
	}
	_, err := w.Write(r.Rest)
	return err
}

// compress writes a gzip file of what it reads, without the header.
func compress(w io.Writer, tar io.Reader, by Encoder, spend func(steps int64) error) error {
	e, sum := newEncoder(by, w, spend), crc32.NewIEEE()
	size, err := io.CopyBuffer(io.MultiWriter(sum, e), onlyReader{tar}, make([]byte, 32<<10))
	if err != nil {
		return err
	}
	if err := e.Close(); err != nil {
		return err
	}
	trailer := binary.LittleEndian.AppendUint32(nil, sum.Sum32())
	_, err = w.Write(binary.LittleEndian.AppendUint32(trailer, uint32(size)))
	return err
}

// onlyReader hides a WriteTo, which may give all at once.
type onlyReader struct{ io.Reader }

// firstBytes writes no more than so many.
type firstBytes struct {
	w       io.Writer
	left    int64
	dropped bool
}

func (f *firstBytes) Write(p []byte) (int, error) {
	part := p[:min(int64(len(p)), f.left)]
	f.left -= int64(len(part))
	f.dropped = f.dropped || len(part) < len(p)
	if _, err := f.w.Write(part); err != nil {
		return 0, err
	}
	return len(p), nil
}
